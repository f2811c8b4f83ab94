import { type ChildProcess, fork, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../env';
import { RowlightError } from '../errors';
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
  /**
   * Runs the command line with `args` to its end at low priority and resolves with what it printed; it dies with its wisher. Rejects with a
   * `RowlightError` of the command's last line; reason `cancelled` where `signal` ended it.
   */
  measure(args: readonly string[], signal: AbortSignal): Promise<string>;
  /**
   * Runs the command line with `args` to its end at low priority and resolves with what it printed; it is told of bytes that are done. Where `signal` is
   * aborted it stops after the step under way, leaves nothing half-written, and this rejects with reason `cancelled`; else as `measure`.
   */
  command(
    args: readonly string[],
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<string>;
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
    measure(args, signal) {
      const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
      return printed(child, signal, () => child.kill('SIGKILL'), log);
    },
    command(args, signal, onProgress) {
      const child = fork(cli, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
      child.on('message', (message) => {
        const { done, total } = message as { done: number; total: number };
        onProgress(done, total);
      });
      // A command that was started with a channel stops when that closes (`cli/stop-signal.ts`).
      return printed(child, signal, () => child.connected && child.disconnect(), log);
    },
    cancel(folder, pid) {
      if (pid !== undefined && process.platform !== 'win32' && terminate(pid)) return;
      writeFileSync(join(folder, CANCEL_FILE), '');
    },
  };
}

/** What a child prints until it ends; see `measure` for how it may fail. */
function printed(child: ChildProcess, signal: AbortSignal, stop: () => void, log: Log): Promise<string> {
  return new Promise((resolve, reject) => {
    const said = { out: '', err: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.err = (said.err + text).slice(-4096)));
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    child.on('spawn', () => lower(child.pid, log));
    child.on('error', reject);
    const end = () => signal.removeEventListener('abort', stop);
    child.on('exit', () => {
      // Where the channel was closed from this side, `close` does not come.
      if (!signal.aborted) return;
      end();
      reject(new RowlightError('cancelled', 'Cancelled.'));
    });
    child.on('close', (code, killer) => {
      end();
      if (code === 0) return resolve(said.out);
      // A process that the system kills without a word has mostly asked for too much memory.
      const message = killer ? `The process was ended by ${killer}; the memory may not suffice.` : lastLine(said.err);
      reject(new RowlightError('bad-argument', message || `The process ended with code ${code ?? 'unknown'}.`));
    });
  });
}

/** The last line of what a command wrote, without the command's name. */
export function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').trim().replace(/^rowlight: /, '');
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
