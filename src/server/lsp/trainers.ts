import { rm } from 'node:fs/promises';
import type { Connection } from 'vscode-languageserver';
import { TrainerFailed } from '../../protocol/run-actions';
import type { Clock, Log } from '../env';
import { RowlightError } from '../errors';
import type { Trainer } from '../host/trainer';
import { writeAdoption } from '../runs/adoption';
import { readRun } from '../runs/run-folder';
import { currentStage, isRunFolder } from '../runs/stages-record';
import type { Crossvals } from './crossvals';
import { lastWords } from './last-words';
import type { PretrainingRuns } from './pretraining-runs';
import type { Runs } from './runs';
import { notify } from './wire';

/** Trainers of this server's wish: one a workspace folder at a time. */
export interface Trainers {
  /**
   * Starts a trainer on a run folder, which need not be there yet; resolves when its process runs. Rejects with reason `busy` while another run
   * of the root is under way. What it says when it ends before any step is told to the client.
   */
  start(
    root: string,
    run: { readonly folder: string; readonly id: string; readonly data: string },
    args: readonly string[],
  ): Promise<void>;
  /** Rejects with reason `busy` while a run, a cross-validation or pre-training of the root is under way. */
  requireFree(root: string): Promise<void>;
  /** Resolves when the process that this server started on a run is gone: it works on for seconds after the run's end was told. At once for any other. */
  gone(folder: string): Promise<void>;
  /** Notes that another process, of this id, begins its work on the root; what is returned takes that back. */
  occupy(root: string, id: string): () => void;
}

/** What may be under way in a workspace. */
export interface FollowedRuns {
  readonly runs: Runs;
  readonly crossvals: Crossvals;
  readonly pretraining: PretrainingRuns;
}

/** Starts trainers and looks after those that end without having begun. */
export function createTrainers(
  connection: Connection,
  { runs, crossvals, pretraining }: FollowedRuns,
  trainer: Trainer,
  clock: Clock,
  log: Log,
): Trainers {
  /** The run that this server started, by root: until its files are there nothing else tells of it. */
  const starting = new Map<string, string>();

  /** The ends of the processes that this server started, by run folder. */
  const ends = new Map<string, Promise<void>>();

  async function ended(root: string, folder: string, data: string, before: number, code: number | null): Promise<void> {
    await runs.expect(root);
    // A process that was killed, or that began its work, left its folder to tell of it.
    if (code === 0 || code === null || (await attempts(folder)) > before) return;
    const message = await lastWords(folder, code);
    // What is no run has nothing to keep but that line.
    if (!(await isRunFolder(folder))) await rm(folder, { recursive: true, force: true });
    log.error('a trainer failed', { folder, code, message });
    notify(connection, TrainerFailed, { data, message });
  }

  async function requireFree(root: string): Promise<void> {
    const running = (await runs.progressOf(root)).find(({ run }) => run.state === 'running');
    const folded = (await crossvals.of(root)).find(({ state }) => state === 'running');
    const pretrained = (await pretraining.of(root)).find(({ state }) => state === 'running');
    const other = running?.run.id ?? starting.get(root) ?? folded?.id ?? pretrained?.id;
    if (other !== undefined)
      throw new RowlightError('busy', `Run ${other} is under way; cancel it or wait for its end.`);
  }

  function occupy(root: string, id: string): () => void {
    starting.set(root, id);
    return () => void starting.delete(root);
  }

  return {
    requireFree,
    occupy,
    gone: (folder) => ends.get(folder) ?? Promise.resolve(),
    async start(root, { folder, id, data }, args) {
      await requireFree(root);
      const free = occupy(root, id);
      let gone = (): void => undefined;
      ends.set(folder, new Promise((resolve) => (gone = resolve)));
      const release = (): void => {
        free();
        ends.delete(folder);
        gone();
      };
      const before = await attempts(folder);
      // Now, so that it holds even where no editor is open when the run finishes.
      await writeAdoption(folder, 'pending', clock);
      await trainer
        .start(args, folder, (code) => {
          release();
          void ended(root, folder, data, before, code);
        })
        .catch((error: unknown) => {
          release();
          throw error;
        });
      log.info('trainer started', { folder, data });
      await runs.expect(root);
    },
  };
}

/** How many processes began to work on a run; 0 where there is none yet. */
async function attempts(folder: string): Promise<number> {
  return currentStage(folder)
    .then(readRun)
    .then(
      (record) => record.attempts.length,
      () => 0,
    );
}
