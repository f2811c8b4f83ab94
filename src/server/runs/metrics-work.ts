import { MOST_ROWS, type FoundRows, type Judgement, type WhichRows } from '../../protocol/metrics';
import { type ShownMetrics, isPretraining } from '../../protocol/pretraining-metrics';
import type { RunComparison } from '../../protocol/comparison';
import type { Columns } from '../../protocol/runs';
import { pretrainingReportHtml } from '../../report/pretraining/report-html';
import { reportHtml } from '../../report/report-html';
import { RowlightError } from '../errors';
import type { TextInput } from '../inference/prediction';
import { compareRuns } from './compare-runs';
import type { MultiLabel } from '../data/multi-label';
import { datasetRows, findHeldOut, heldOutRow, wrongLabels } from './held-out-rows';
import { heldOutTexts } from './held-out-texts';
import { judgeRun, readHeldOutFile } from './judge-run';
import { type JudgedRow, readPredictions } from './predictions';
import { heldOutPath } from './run-data';
import { type RunRecord, readRun } from './run-folder';

/** What the metrics page needs that takes long: whole files are read and parsed, a naive Bayes fitted, thousands of samples drawn. */
export interface MetricsWork {
  /** See `judgeRun`. */
  judge(folder: string): Promise<Judgement | null>;
  /** See `compareRuns`. */
  compare(folders: readonly string[]): Promise<RunComparison>;
  /** The judged rows that are meant. */
  choose(folder: string, which: WhichRows): Promise<ChosenRows>;
  /** The same, as they are on the disk. */
  find(folder: string, which: WhichRows): Promise<FoundRows>;
  /** See `heldOutTexts`. */
  heldOutTexts(folder: string, most: number): Promise<(TextInput | undefined)[]>;
  /** The report of a run as an HTML file, in the language of `locale`. */
  report(metrics: ShownMetrics, locale: string): Promise<string>;
}

/** Judged rows of a run, and the file to look for them in. */
export interface ChosenRows {
  /** The file that holds them, absolute. */
  readonly path: string;
  readonly columns: Columns;
  /** How rows hold several labels; absent where they have one. */
  readonly multiLabel?: MultiLabel;
  /** How many there are: `judged` has at most `MOST_ROWS`, the most confident first. */
  readonly total: number;
  readonly judged: readonly JudgedRow[];
  /** Their positions among all predictions of the run. */
  readonly indices: readonly number[];
}

/** Does the work on the spot. */
export const metricsWork: MetricsWork = {
  judge: judgeRun,
  compare: compareRuns,
  async choose(folder, which) {
    const record = await readRun(folder);
    const { columns, multiLabel } = record;
    const several = multiLabel === undefined ? {} : { multiLabel };
    return { path: await heldOutPath(folder, record), columns, ...several, ...(await meant(folder, record, which)) };
  },
  async find(folder, which) {
    const record = await readRun(folder);
    const path = await heldOutPath(folder, record);
    const { total, indices, judged } = await meant(folder, record, which);
    const file = await readHeldOutFile(path, record);
    const found = await findHeldOut(judged, datasetRows(file.dataset));
    return { path, total, rows: judged.map((row, at) => heldOutRow(indices[at]!, row, found[at], record.multiLabel)) };
  },
  heldOutTexts,
  report: (metrics, locale) =>
    Promise.resolve(isPretraining(metrics) ? pretrainingReportHtml(metrics, locale) : reportHtml(metrics, locale)),
};

async function meant(
  folder: string,
  { multiLabel }: RunRecord,
  which: WhichRows,
): Promise<Pick<ChosenRows, 'total' | 'judged' | 'indices'>> {
  const all = await readPredictions(folder);
  const is = (row: JudgedRow, index: number): boolean => {
    if ('index' in which) return index === which.index;
    if ('prediction' in which) return row.label === which.label && row.prediction === which.prediction;
    return multiLabel !== undefined && wrongLabels(row, multiLabel)[which.error].includes(which.label);
  };
  const own = all.flatMap((row, index) => (is(row, index) ? [index] : []));
  if (own.length === 0)
    throw new RowlightError('not-found', 'These rows are no longer among the predictions of the run.');
  const indices = own.sort((a, b) => all[b]!.probability - all[a]!.probability || a - b).slice(0, MOST_ROWS);
  return { total: own.length, indices, judged: indices.map((index) => all[index]!) };
}
