import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricsLine, RunState, RunSummary } from '../../protocol/runs';
import type { Log } from '../env';
import { silentLog } from '../env';
import type { CheckpointPointers } from '../model/checkpoint-pointers';
import { nodeFiles, rethrow } from '../node-files';
import { readPointers } from './checkpoints';
import { lockOwner } from './lock';
import { type Adoption, readAdoption } from './adoption';
import { readRunName, removeDeleted } from './manage';
import { readMetrics } from './metrics';
import { type RunRecord, readRun } from './run-folder';
import { type StagesRecord, currentStage, isRunFolder, readStages } from './stages-record';

/**
 * Makes the folder of a workspace's runs, `.rowlight/runs`, and returns it. Beside it a `.gitignore` keeps runs out of the user's repository;
 * one that is there already is left as it is.
 * @param runs another folder in `.rowlight` for runs of another kind
 */
export async function prepareRunsFolder(workspace: string, runs = runsFolder(workspace)): Promise<string> {
  await mkdir(runs, { recursive: true }).catch((error: unknown) => rethrow(error, runs));
  const ignore = join(workspace, '.rowlight', '.gitignore');
  await removeDeleted(runs);
  if (!(await nodeFiles.exists(ignore))) await nodeFiles.writeAtomic(ignore, '*\n');
  return runs;
}

/** Where a workspace's runs lie. */
export function runsFolder(workspace: string): string {
  return join(workspace, '.rowlight', 'runs');
}

/** The runs in a folder of run folders, newest first. A broken one is logged and left out; none where there is no folder. */
export async function findRuns(runs: string, log: Log = silentLog): Promise<RunSummary[]> {
  const found: RunSummary[] = [];
  for (const name of await nodeFiles.list(runs)) {
    const folder = join(runs, name);
    // Of a run that is being deleted nothing is left to choose.
    if (name.startsWith('.') || !(await isRunFolder(folder))) continue;
    try {
      found.push(await summarize(folder));
    } catch (error) {
      log.warn('a run folder cannot be read', { folder, error: String(error) });
    }
  }
  return found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
}

/** What there is to say of one run folder, from its files and its lock alone. Rejects as `readRun` does. */
export async function summarize(folder: string): Promise<RunSummary> {
  // The lock is looked at before the metrics: a run that ends in between is then seen to have ended.
  const pid = await lockOwner(folder);
  const own = await currentStage(folder);
  const record = await readRun(own);
  const lines = await readMetrics(own);
  const [pointers, name] = [await readPointers(own), await readRunName(folder)];
  const stages = await stagesOf(folder, own);
  return summaryOf({ folder, record, pid, lines, pointers, name, stages, adoption: await readAdoption(folder) });
}

/** The stages of a run in several, and the number of the one in the folder `own`. */
export async function stagesOf(folder: string, own: string): Promise<RunFacts['stages']> {
  const record = await readStages(folder);
  const number = own === folder ? record?.stages.length : Number(own.split('-').at(-1));
  return record && number ? { record, number } : undefined;
}

/** What the files of a run say, once they are read. */
export interface RunFacts {
  readonly folder: string;
  readonly record: RunRecord;
  /** The process that holds the run's lock. */
  readonly pid: number | undefined;
  /** The lines that hold (`latestAttempt`). */
  readonly lines: readonly MetricsLine[];
  readonly pointers: CheckpointPointers | undefined;
  /** The name that the user gave it. */
  readonly name: string | undefined;
  readonly adoption?: Adoption | undefined;
  /** Of a run in several stages: what was asked for, and the stage whose record, lines and pointers these are. */
  readonly stages?: { readonly record: StagesRecord; readonly number: number } | undefined;
}

/** What there is to say of a run whose files were read. */
export function summaryOf({ folder, record, pid, lines, pointers, name, adoption, stages }: RunFacts): RunSummary {
  const stage = stages && { number: stages.number, of: stages.record.stages.length };
  const more = stage !== undefined && stage.number < stage.of;
  const last = lines.at(-1)?.event;
  // A stage that has finished is followed by the next.
  const state = stateOf(more && last === 'finished' ? undefined : last, pid !== undefined);
  const started = lines.findLast((line) => line.event === 'started');
  const failed = lines.findLast((line) => line.event === 'failed');
  const bestStep = Number(pointers?.best.split('-')[1]);
  const best = lines.findLast((line) => line.event === 'evaluated' && line.step === bestStep);
  const seconds = secondsOf(lines);
  return {
    id: record.id,
    ...(name === undefined ? {} : { name }),
    folder,
    state,
    ...(state === 'running' && pid !== undefined ? { pid } : {}),
    createdAt: stages?.record.createdAt ?? record.createdAt,
    ...(seconds === undefined ? {} : { seconds }),
    data: record.data.path,
    base: stages?.record.base ?? record.base,
    columns: record.columns,
    headerless: record.headerless,
    labels: record.labels,
    ...(record.rows === undefined ? {} : { rows: record.rows }),
    step: lines.at(-1)?.step ?? 0,
    ...(started ? { totalSteps: started.totalSteps } : {}),
    ...(stage ? { stage } : {}),
    usable: pointers !== undefined || (stage !== undefined && stage.number > 1),
    ...(adoption === undefined ? {} : { adoption }),
    ...(best?.event === 'evaluated'
      ? { scores: { accuracy: best.accuracy, macroF1: best.macroF1, loss: best.loss } }
      : {}),
    ...(failed ? { message: failed.message } : {}),
  };
}

/** How long a run took that ended in its first attempt, in seconds. */
export function secondsOf(lines: readonly MetricsLine[]): number | undefined {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first?.event !== 'started' || !last || last.attempt > 1 || !('time' in last) || last === first) return undefined;
  return last.time === undefined ? undefined : (last.time - first.time) / 1000;
}

/** The state of a run by the last event that holds and by whether a process works on it. */
export function stateOf(lastEvent: string | undefined, running: boolean): RunState {
  if (lastEvent === 'finished' || lastEvent === 'cancelled' || lastEvent === 'failed') return lastEvent;
  return running ? 'running' : 'interrupted';
}
