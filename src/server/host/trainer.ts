import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../env';
import { CANCEL_FILE } from '../runs/run-folder';

/** Name of the trainer's own output in the run folder. */
export const TRAINER_LOG = 'trainer.log';

/** Starts and stops trainers: processes of their own that outlive the server. */
export interface Trainer {
  /**
   * Starts the command line with `args`, detached and at low priority, its output in `trainer.log` of `folder` (made if missing). Resolves
   * when the process runs. `onExit` is told its exit code while the server lives.
   */
  start(args: readonly string[], folder: string, onExit: (code: number | null) => void): Promise<void>;
  /** Asks a run to stop; `pid` is its process where known. */
  cancel(folder: string, pid: number | undefined): void;
}

/** The trainer of the bundle `cli`, run by the Node (or Electron as Node) that runs this process. */
export function processTrainer(cli: string, log: Log): Trainer {
  return {
    start(args, folder, onExit) {
      mkdirSync(folder, { recursive: true });
      const output = openSync(join(folder, TRAINER_LOG), 'a');
      const child = spawn(process.execPath, [cli, ...args], {
        detached: true,
        stdio: ['ignore', output, output],
        windowsHide: true,
      });
      closeSync(output);
      child.on('exit', onExit);
      child.unref();
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('spawn', () => {
          lower(child.pid, log);
          resolve();
        });
      });
    },
    cancel(folder, pid) {
      if (pid !== undefined && process.platform !== 'win32' && terminate(pid)) return;
      writeFileSync(join(folder, CANCEL_FILE), '');
    },
  };
}

function terminate(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGTERM');
  } catch {
    // Gone already, or another user's.
    return false;
  }
}

function lower(pid: number | undefined, log: Log): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    log.debug('the trainer keeps its priority', { error: String(error) });
  }
}
