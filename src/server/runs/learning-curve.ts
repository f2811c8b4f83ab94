import { basename, dirname } from 'node:path';
import type { LearningPoint } from '../../protocol/metrics';
import { findRuns } from './list';
import type { RunRecord } from './run-folder';

/** Most runs that are shown: the newest. */
const MOST = 100;

/**
 * What labels were worth so far: the finished runs beside this one on a file of the same name by the same columns, fewest rows to learn from first. The file
 * may have moved or grown since; runs that do not say how many rows they had are left out.
 */
export async function learningCurve(
  folder: string,
  { data, columns }: Pick<RunRecord, 'data' | 'columns'>,
): Promise<LearningPoint[]> {
  const runs = await findRuns(dirname(folder));
  const same = runs.filter(
    (run) =>
      run.state === 'finished' &&
      basename(run.data) === basename(data.path) &&
      run.columns.text === columns.text &&
      run.columns.textB === columns.textB &&
      run.columns.label === columns.label,
  );
  const points = same.slice(0, MOST).flatMap(({ folder: own, rows, scores }): LearningPoint[] => {
    if (rows === undefined || scores === undefined) return [];
    const { accuracy, macroF1 } = scores;
    return [{ folder: own, rows: rows.train, heldOut: rows.heldOut, accuracy, macroF1 }];
  });
  return points.sort((a, b) => a.rows - b.rows || (a.folder < b.folder ? -1 : 1));
}
