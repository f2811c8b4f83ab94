import type { ComparedRun, FlippedRow, RunComparison } from '../../protocol/comparison';
import { MOST_COMPARED } from '../../protocol/comparison';
import { type MultiLabel, joinLabels, splitLabels } from '../data/multi-label';
import { RowlightError } from '../errors';
import { bootstrapPair, bootstrapScores } from '../training/bootstrap';
import { readPointers } from './checkpoints';
import { commonRows } from './common-rows';
import { courseOf } from './curve';
import { datasetRows, findHeldOut, heldOutRow } from './held-out-rows';
import { probabilityView, readHeldOutFile } from './judge-run';
import { judgedClasses, scoreClasses } from './judged-classes';
import { learningCurve } from './learning-curve';
import { summarize } from './list';
import { readMetrics } from './metrics';
import { type JudgedRow, readPredictions } from './predictions';
import { heldOutPath } from './run-data';
import { type RunRecord, readRun } from './run-folder';

/** Most flipped rows that are shown. */
const MOST_FLIPPED = 200;

/** A run as far as its own files tell. */
interface Own {
  readonly folder: string;
  record: RunRecord;
  judged: readonly JudgedRow[];
}

/** A row whose cells of several labels are written as those of all other runs. */
function inOneOrder(row: JudgedRow, { multiLabel }: RunRecord, labels: readonly string[], as: MultiLabel): JudgedRow {
  const written = (cell: string) => joinLabels(splitLabels(cell, multiLabel ?? as), labels, as);
  return { ...row, label: written(row.label), prediction: written(row.prediction) };
}

/**
 * Compares runs on the rows that judged all of them: scores with intervals, differences from the first resampled in pairs, every label, the rows of which
 * they say different things. Rejects with a `RowlightError` where a folder is no run, was never evaluated, or no row is common.
 */
export async function compareRuns(folders: readonly string[]): Promise<RunComparison> {
  if (folders.length < 2 || folders.length > MOST_COMPARED || new Set(folders).size < folders.length)
    throw new RowlightError('bad-argument', `give two to ${MOST_COMPARED} different runs to compare`);
  const runs: Own[] = [];
  for (const folder of folders) {
    const [record, judged] = [await readRun(folder), await readPredictions(folder)];
    if (judged.length === 0)
      throw new RowlightError('bad-data', `${folder}: was not evaluated yet, so there is nothing to compare`);
    runs.push({ folder, record, judged });
  }
  const first = runs[0]!;
  const { multiLabel } = first.record;
  const stranger = runs.find(({ record }) => (record.multiLabel === undefined) !== (multiLabel === undefined));
  if (stranger)
    throw new RowlightError(
      'bad-argument',
      `${stranger.folder}: one of it and ${first.folder} gives a row several labels and the other one; they cannot be compared`,
    );
  const labels = [...new Set(runs.flatMap(({ record }) => record.labels))];
  if (multiLabel)
    for (const run of runs) {
      run.judged = run.judged.map((row) => inOneOrder(row, run.record, labels, multiLabel));
      run.record = { ...run.record, multiLabel };
    }
  const common = commonRows(runs.map(({ judged }) => judged));
  if (common.length === 0) {
    const names = runs.map(({ record }) => record.id).join(', ');
    throw new RowlightError(
      'bad-data',
      `${names}: no row judged all of these runs, so their scores cannot be compared`,
    );
  }
  for (const { folder, record, judged } of runs) {
    const { idOf } = judgedClasses(folder, first.record, record.labels);
    for (const { prediction } of judged) idOf(prediction);
  }
  const { idOf, sets } = judgedClasses(first.folder, first.record, labels);
  const truth = Int32Array.from(common, ([at]) => idOf(first.judged[at!]!.label));
  const predicted = runs.map(({ judged }, run) =>
    Int32Array.from(common, (places) => idOf(judged[places[run]!]!.prediction)),
  );
  const options = { seed: first.record.seed, ...(sets ? { sets } : {}) };
  const compared = await Promise.all(
    runs.map(async (own, at): Promise<ComparedRun> => {
      const mine = predicted[at]!;
      const scores =
        at === 0
          ? bootstrapScores(truth, mine, labels.length, options)
          : gainOf(bootstrapPair(truth, mine, predicted[0]!, labels.length, options));
      const f1 = scoreClasses(truth, mine, labels, sets).perLabel.map((label) => label.f1);
      return { ...(await courseOfRun(own)), judged: own.judged.length, ...scores, f1, ...(await viewOf(own)) };
    }),
  );
  const flipped = flippedRows(truth, predicted);
  const [right, wrong] = [0, predicted.length - 1].map((run) => (row: number) => predicted[run]![row] === truth[row]);
  return {
    runs: compared,
    common: common.length,
    labels,
    ...(sets ? { sets: true } : {}),
    support: scoreClasses(truth, truth, labels, sets).perLabel.map(({ support }) => support),
    flips: flipped.length,
    flipped: await shownRows(first, common, flipped.slice(0, MOST_FLIPPED), (row) =>
      runs.map(({ judged }, run) => judged[common[row]![run]!]!.prediction),
    ),
    lost: flipped.filter((row) => right!(row) && !wrong!(row)).length,
    won: flipped.filter((row) => !right!(row) && wrong!(row)).length,
    learning: await learningCurve(first.folder, first.record),
  };
}

function gainOf({ first, gain }: ReturnType<typeof bootstrapPair>) {
  return { ...first, accuracyGain: gain.accuracy, macroF1Gain: gain.macroF1 };
}

/** Common rows of which the runs say different things: those that the first has right before those that it has wrong. */
function flippedRows(truth: Int32Array, predicted: readonly Int32Array[]): number[] {
  const rows = Array.from(truth, (_, row) => row).filter((row) =>
    predicted.some((one) => one[row] !== predicted[0]![row]),
  );
  const right = (row: number): boolean => predicted[0]![row] === truth[row];
  return [...rows.filter(right), ...rows.filter((row) => !right(row))];
}

async function courseOfRun({ folder, record }: Own) {
  const pointers = await readPointers(folder);
  const { steps, evaluations } = courseOf(await readMetrics(folder), pointers && Number(pointers.best.split('-')[1]));
  return { run: await summarize(folder), arguments: record.arguments, steps, evaluations };
}

function viewOf({ folder, record, judged }: Own) {
  const { idOf, sets } = judgedClasses(folder, record, record.labels);
  const truth = Int32Array.from(judged, ({ label }) => idOf(label));
  return probabilityView(folder, truth, record.labels, sets);
}

/** Rows with their texts, as they are in the first run's file now; without them where it can't be read. */
async function shownRows(
  { folder, record, judged }: Own,
  common: readonly (readonly number[])[],
  rows: readonly number[],
  predictions: (row: number) => readonly string[],
): Promise<FlippedRow[]> {
  const indices = rows.map((row) => common[row]![0]!);
  const wanted = indices.map((index) => judged[index]!);
  let found: Awaited<ReturnType<typeof findHeldOut>> = [];
  try {
    const { dataset } = await readHeldOutFile(await heldOutPath(folder, record), record);
    found = await findHeldOut(wanted, datasetRows(dataset));
  } catch (error) {
    if (!RowlightError.is(error)) throw error;
  }
  return rows.map((row, at): FlippedRow => {
    const { index, label, text, line } = heldOutRow(indices[at]!, wanted[at]!, found[at]);
    return { index, label, predictions: predictions(row), text, line };
  });
}
