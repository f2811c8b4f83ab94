import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Connection } from 'vscode-languageserver';
import { PretrainingFailed } from '../../protocol/pretraining';
import type { Log } from '../env';
import type { Trainer } from '../host/trainer';
import { nodeFiles } from '../node-files';
import { READING_FILE } from '../runs/pretrain/reading';
import { PRETRAINING_FILE, readPretraining } from '../runs/pretrain/record';
import { CANCELLED, lastWords } from './last-words';
import type { PretrainingRuns } from './pretraining-runs';
import type { Trainers } from './trainers';
import { notify } from './wire';

/** Processes of pre-training of this server's wish: one trainer a workspace folder at a time, whatever it trains. */
export interface PretrainingTrainers {
  /**
   * Starts `rowlight` with `args` on a run folder, which need not be there yet; resolves when its process runs. Rejects with reason `busy` while another
   * run of the root is under way. What it says when it ends before any step is told to the client.
   * @param data what it learns from, for that message
   */
  start(root: string, folder: string, data: readonly string[], args: readonly string[]): Promise<void>;
}

/** Starts pre-training and looks after processes that end without having begun. */
export function createPretrainingTrainers(
  connection: Connection,
  pretraining: PretrainingRuns,
  trainers: Trainers,
  trainer: Trainer,
  log: Log,
): PretrainingTrainers {
  async function ended(folder: string, data: readonly string[], before: number, code: number | null): Promise<void> {
    const begun = await attempts(folder);
    // A process that was killed, or that began its work, left its folder to tell of it.
    if (code !== 0 && code !== null && code !== CANCELLED && begun === before) {
      const message = await lastWords(folder, code);
      log.error('pre-training failed', { folder, code, message });
      notify(connection, PretrainingFailed, { data, message });
    }
    // What is no run has nothing to keep.
    const files = [PRETRAINING_FILE, READING_FILE].map((name) => nodeFiles.exists(join(folder, name)));
    if (!(await Promise.all(files)).includes(true)) await rm(folder, { recursive: true, force: true });
  }

  return {
    async start(root, folder, data, args) {
      await trainers.requireFree(root);
      const release = trainers.occupy(root, basename(folder));
      try {
        const before = await attempts(folder);
        await trainer.start(args, folder, (code) => {
          release();
          void ended(folder, data, before, code)
            .then(() => pretraining.expect(root))
            .catch((error: unknown) => log.error(String(error)));
        });
      } catch (error) {
        release();
        throw error;
      }
      log.info('pre-training started', { folder, data });
      await pretraining.expect(root);
    },
  };
}

/** How many processes began to work on a run; 0 where there is none yet. */
async function attempts(folder: string): Promise<number> {
  return readPretraining(folder).then(
    (record) => record.attempts.length,
    () => 0,
  );
}
