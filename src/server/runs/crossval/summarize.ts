import { join } from 'node:path';
import { z } from 'zod';
import type { CrossvalProgress } from '../../../protocol/crossval';
import type { RunProgress } from '../../../protocol/messages';
import { nodeFiles } from '../../node-files';
import { parseJson } from '../../parse-json';
import { FOLDED_SCORES } from '../../training/out-of-fold';
import { summarize } from '../list';
import { lockOwner } from '../lock';
import { readMetrics } from '../metrics';
import { RUN_FILE } from '../run-folder';
import { SCORES_FILE } from './cross-validate';
import { type CrossvalRecord, foldFolder } from './record';
import { OUT_OF_FOLD_FILE } from './tables';

/**
 * What there is to say of a cross-validation, from its files and its lock alone.
 * @param failure the last line of its process, where that ended with an error
 */
export async function summarizeCrossval(
  folder: string,
  record: Pick<CrossvalRecord, 'id' | 'createdAt' | 'data'> & { readonly folds: number },
  failure?: string,
): Promise<CrossvalProgress> {
  // The lock is looked at first: one that ends in between is then seen to have ended.
  const running = (await lockOwner(folder)) !== undefined;
  const runs = await foldRuns(folder, record.folds);
  const result = await readResult(folder);
  const last = runs.at(-1)?.run.state;
  const ended = failure === undefined ? (last === 'cancelled' ? 'cancelled' : 'interrupted') : 'failed';
  const secondsLeft = running ? timeLeft(runs, record.folds) : undefined;
  return {
    id: record.id,
    folder,
    state: running ? 'running' : result ? 'finished' : ended,
    createdAt: record.createdAt,
    data: record.data.path,
    folds: record.folds,
    runs,
    ...(secondsLeft === undefined ? {} : { secondsLeft }),
    ...(result && !running ? { result } : {}),
    ...(ended === 'failed' && !running && failure !== undefined ? { message: failure } : {}),
  };
}

async function foldRuns(folder: string, folds: number): Promise<RunProgress[]> {
  const found: RunProgress[] = [];
  for (let number = 1; number <= folds; number++) {
    const fold = foldFolder(folder, number);
    if (!(await nodeFiles.exists(join(fold, RUN_FILE)))) break;
    const run = await summarize(fold).catch(() => undefined);
    if (!run) continue;
    const step = (await readMetrics(fold)).findLast((line) => line.event === 'step');
    const { loss, secondsLeft } = step?.event === 'step' ? step : {};
    found.push({
      run: { ...run, name: run.name ?? `fold-${number}` },
      ...(loss === undefined ? {} : { loss }),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    });
  }
  return found;
}

/** The seconds of the fold under way, and as many for each to come as the folds done took (or as this one will). */
function timeLeft(runs: readonly RunProgress[], folds: number): number | undefined {
  const current = runs.find(({ run }) => run.state === 'running');
  if (current?.secondsLeft === undefined) return undefined;
  const done = runs.flatMap(({ run }) => (run.state === 'finished' ? (run.seconds ?? []) : []));
  const { step, totalSteps = step } = current.run;
  const whole = step < totalSteps ? (current.secondsLeft * totalSteps) / (totalSteps - step) : current.secondsLeft;
  const each = done.length === 0 ? whole : done.reduce((sum, seconds) => sum + seconds, 0) / done.length;
  return current.secondsLeft + (folds - runs.length) * each;
}

const number = z.number().nullable();
const scores = z.record(z.string(), z.object({ all: number, mean: number, deviation: number }));
const schema = z.object({ rows: z.int(), positive: z.string().optional(), scores, floor: scores });

async function readResult(folder: string): Promise<CrossvalProgress['result']> {
  const file = join(folder, SCORES_FILE);
  if (!(await nodeFiles.exists(file))) return undefined;
  const read = parseJson(await nodeFiles.read(file), schema, file, 'bad-data');
  return {
    rows: read.rows,
    ...(read.positive === undefined ? {} : { positive: read.positive }),
    scores: FOLDED_SCORES.flatMap((name) => {
      const own = read.scores[name];
      return own ? [{ name, ...own, floor: read.floor[name]?.all ?? null }] : [];
    }),
    outOfFold: join(folder, OUT_OF_FOLD_FILE),
  };
}
