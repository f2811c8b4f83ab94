import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scores } from '../../../protocol/runs';
import type { Clock } from '../../env';
import { nodeFiles, rethrow } from '../../node-files';
import { isBetter } from '../../training/advice';
import { type ChildWorld, makeChildRuns } from '../child-runs';
import { continuationOf, hasFinished } from '../continuation';
import { summarize } from '../list';
import { whileLocked } from '../lock';
import { CANCEL_FILE, newRunId } from '../run-folder';
import { requireUnchanged, sourceOf } from '../source';
import { type GridPoint, type GridRecord, createGrid, gridPoints, readGrid } from './record';
import { TABLE_FILE, gridTable } from './table';

/** A grid to begin. */
export interface GridRequest extends Pick<GridRecord, 'arguments' | 'vary' | 'metric'> {
  /** Path of the data file. */
  readonly data: string;
  /** The file of the runs' recipe, which must stay as it is. */
  readonly recipe?: string;
}

/** A run of a grid that came to its end. */
export interface GridRun {
  /** Its folder. */
  readonly run: string;
  /** The values of the varied options. */
  readonly point: GridPoint;
  /** Of its best checkpoint. */
  readonly scores: Scores;
  /** Optimizer steps. */
  readonly steps: number;
}

/** What a grid found. */
export interface GridResult {
  readonly folder: string;
  readonly metric: GridRecord['metric'];
  readonly varied: GridRecord['vary'];
  /** The best first. */
  readonly runs: readonly GridRun[];
}

/** What it needs from outside. */
export interface GridWorld extends Omit<ChildWorld, 'folder' | 'resume'> {
  readonly clock: Clock;
  /** Version of Rowlight, for the record. */
  readonly version: string;
  /** Arguments about engine and log that every run's process gets. */
  readonly engine: readonly string[];
}

/** Trains once for every point of a grid, in a new folder. Rejects with reason `cancelled` where it was stopped; then `resumeGrid` goes on. */
export async function makeGrid(folder: string, request: GridRequest, world: GridWorld): Promise<GridResult> {
  const { recipe, ...rest } = request;
  const sources = {
    data: await sourceOf(request.data),
    ...(recipe === undefined ? {} : { recipe: await sourceOf(recipe) }),
  };
  await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrow(error, folder));
  return whileLocked(folder, async () => {
    const { clock, version } = world;
    const record = await createGrid(folder, {
      id: newRunId(clock),
      createdAt: new Date(clock.now()).toISOString(),
      rowlight: version,
      ...rest,
      ...sources,
    });
    return makeRuns(folder, record, world);
  });
}

/** Goes on with one that was interrupted or cancelled, its finished runs kept. */
export async function resumeGrid(folder: string, world: GridWorld): Promise<GridResult> {
  const record = await readGrid(folder);
  return whileLocked(folder, async () => {
    await rm(join(folder, CANCEL_FILE), { force: true });
    return makeRuns(folder, record, world);
  });
}

async function makeRuns(folder: string, record: GridRecord, world: GridWorld): Promise<GridResult> {
  for (const source of [record.data, record.recipe]) if (source) await requireUnchanged(source, 'grid');
  const points = gridPoints(record.vary);
  const children = points.map((point, at) => {
    const run = join(folder, `run-${at + 1}`);
    return {
      name: `run-${at + 1}`,
      folder: run,
      finished: () => hasFinished(run),
      async command() {
        const again = (await continuationOf(run)) === 'resume';
        const varied = [...point].flatMap(([name, value]) => [`--${name}`, value]);
        const begin = [record.data.path, ...record.arguments, ...varied, '--output', run];
        return ['train', ...(again ? ['--resume', run] : begin), ...world.engine];
      },
    };
  });
  await makeChildRuns(children, { ...world, folder, resume: `rowlight grid --resume ${folder}` });
  const runs: GridRun[] = [];
  for (const [at, point] of points.entries()) {
    const run = children[at]!.folder;
    const { scores, step } = await summarize(run);
    if (scores) runs.push({ run, point, scores, steps: step });
  }
  runs.sort((a, b) => (isBetter(record.metric, a.scores, b.scores) ? -1 : 1));
  const result = { folder, metric: record.metric, varied: record.vary, runs };
  await nodeFiles.writeAtomic(join(folder, TABLE_FILE), gridTable(record.vary, runs));
  return result;
}
