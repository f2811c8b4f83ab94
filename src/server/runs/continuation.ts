import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFiles } from '../node-files';
import { readPointers } from './checkpoints';
import { METRICS_FILE, readMetrics } from './metrics';
import { RUN_FILE } from './run-folder';
import { readStages } from './stages-record';

/** What is to be done about a run that may have been begun. */
export type Continuation = 'begin' | 'resume' | 'nothing';

/**
 * Looks what an earlier process left of a run. Of one that was killed before its first checkpoint nothing is worth keeping: it is cleared away, to be
 * begun anew. No process works on the run, and only one asks.
 */
export async function continuationOf(folder: string): Promise<Continuation> {
  if (await hasFinished(folder)) return 'nothing';
  if ((await readStages(folder)) || (await readPointers(folder))) return 'resume';
  for (const name of [RUN_FILE, METRICS_FILE]) await rm(join(folder, name), { force: true });
  return 'begin';
}

/** Whether a run, or a stage of one in its own folder, came to its end. */
export async function hasFinished(folder: string): Promise<boolean> {
  if (!(await nodeFiles.exists(join(folder, RUN_FILE)))) return false;
  return (await readMetrics(folder)).at(-1)?.event === 'finished';
}
