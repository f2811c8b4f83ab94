import type { ConfusionCell, Floor, HeldOutFile, HeldOutRow, Judgement, ProbabilityView } from '../../protocol/metrics';
import { silentLog } from '../env';
import { RowlightError } from '../errors';
import { bootstrapPair, bootstrapScores } from '../training/bootstrap';
import { sameLabels } from '../data/multi-label';
import { eachAtTemperature } from '../inference/probabilities';
import { allAtTemperature, asDecisions } from '../training/calibration';
import { multiHot } from '../training/classes';
import { calibrationView, labelCurves } from '../training/score-curves';
import { floorRows, readFloor } from './floor';
import { type FileRow, datasetRows, findHeldOut, heldOutRow } from './held-out-rows';
import { judgedClasses, scoreClasses } from './judged-classes';
import { learningCurve } from './learning-curve';
import { readProbabilities } from './probabilities-file';
import { type JudgedRow, readPredictions } from './predictions';
import { type DataFile, readDataFile } from './read-data';
import { ensureReadable, findData, heldOutPath } from './run-data';
import { type RunRecord, readRun } from './run-folder';
import { rereadTrainingData } from './training-data';

/** Most mistakes that are shown. */
const MISTAKES = 50;

/** Most labels whose confusions are counted in a table. */
const MOST_LABELS = 2000;

/**
 * How the best checkpoint of a run judges its held-out rows: scores with intervals, the floor beside them, every confusion, the most confident
 * mistakes with their texts. Null where nothing was evaluated yet. Rejects with a `RowlightError` where the run folder is broken; a data
 * file that has changed or gone is part of the result.
 */
export async function judgeRun(folder: string): Promise<Judgement | null> {
  const record = await readRun(folder);
  const judged = await readPredictions(folder);
  if (judged.length === 0) return null;
  const { labels } = record;
  if (labels.length > MOST_LABELS)
    throw new RowlightError(
      'unsupported',
      `${folder}: the run has ${labels.length} labels; up to ${MOST_LABELS} are shown`,
    );
  const { idOf, sets } = judgedClasses(folder, record, labels);
  const truth = Int32Array.from(judged, ({ label }) => idOf(label));
  const predicted = Int32Array.from(judged, ({ prediction }) => idOf(prediction));
  const floor = await floorOf(folder, record, judged);
  const guessed = floor && Int32Array.from(floor, ({ prediction }) => idOf(prediction));
  const options = { seed: record.seed, ...(sets ? { sets } : {}) };
  const own = guessed
    ? bootstrapPair(truth, predicted, guessed, labels.length, options)
    : { first: bootstrapScores(truth, predicted, labels.length, options) };
  const { confusion, ...scores } = scoreClasses(truth, predicted, labels, sets);
  const wrong = judged.flatMap(({ label, prediction }, index) => (label === prediction ? [] : [index]));
  const confident = wrong.sort((a, b) => judged[b]!.probability - judged[a]!.probability || a - b).slice(0, MISTAKES);
  const { heldOut, mistakes } = await lookUp(folder, record, judged, confident);
  return {
    rows: judged.length,
    labels,
    ...own.first,
    floor: 'second' in own ? floorScores(own) : 'unknown',
    ...scores,
    confusion: cellsOf(confusion),
    mistakeCount: wrong.length,
    mistakes,
    heldOut,
    ...(await probabilityView(folder, truth, labels, sets)),
    learning: await learningCurve(folder, record),
  };
}

/** What the probabilities of all labels tell; nothing where they were not kept. */
export async function probabilityView(
  folder: string,
  truth: Int32Array,
  labels: readonly string[],
  sets?: readonly (readonly number[])[],
): Promise<{ probabilities?: ProbabilityView }> {
  const found = await readProbabilities(folder, truth.length, labels.length);
  if (found === undefined) return {};
  const { bare, temperature } = found;
  if (sets) {
    const hot = Int32Array.from(multiHot(truth, sets, labels.length));
    const curves = labelCurves(eachAtTemperature(bare, temperature), truth, labels, sets);
    return { probabilities: { ...calibrationView(asDecisions(bare), hot, temperature), curves } };
  }
  const shown = allAtTemperature(bare, labels.length, temperature);
  return {
    probabilities: { ...calibrationView(bare, truth, temperature), curves: labelCurves(shown, truth, labels) },
  };
}

function floorScores({ second, gain }: ReturnType<typeof bootstrapPair>): Floor {
  return { ...second, accuracyGain: gain.accuracy, macroF1Gain: gain.macroF1 };
}

/** The floor's predictions of the judged rows: recorded when the run began, else fitted now, where the data is still what it was. */
async function floorOf(
  folder: string,
  record: RunRecord,
  judged: readonly JudgedRow[],
): Promise<readonly JudgedRow[] | undefined> {
  const fitted = (await readFloor(folder)) ?? (await fitFloor(folder, record));
  const same = fitted?.length === judged.length && fitted.every(({ hash }, at) => hash === judged[at]!.hash);
  return same ? fitted : undefined;
}

async function fitFloor(folder: string, record: RunRecord): Promise<JudgedRow[] | undefined> {
  try {
    const place = async <T extends { readonly path: string }>(source: T) => {
      const path = await findData(folder, source.path);
      await ensureReadable(path);
      return { ...source, path };
    };
    const data = await place(record.data);
    const dev = record.dev && (await place(record.dev));
    return floorRows(await rereadTrainingData({ ...record, data, ...(dev ? { dev } : {}) }, silentLog));
  } catch (error) {
    // Changed, moved or unreadable data: the floor stays unknown, which the page says.
    if (RowlightError.is(error)) return undefined;
    throw error;
  }
}

function cellsOf(confusion: readonly (readonly number[])[]): ConfusionCell[] {
  return confusion.flatMap((line, label) =>
    line.flatMap((rows, prediction) => (rows === 0 ? [] : [{ label, prediction, rows }])),
  );
}

/** What became of the judged rows in their file, and the texts of the mistakes. */
async function lookUp(
  folder: string,
  record: RunRecord,
  judged: readonly JudgedRow[],
  mistakes: readonly number[],
): Promise<{ heldOut: HeldOutFile; mistakes: HeldOutRow[] }> {
  const path = await heldOutPath(folder, record);
  const { multiLabel } = record;
  const show = (found: readonly (FileRow | undefined)[]): HeldOutRow[] =>
    mistakes.map((index) => heldOutRow(index, judged[index]!, found[index], multiLabel));
  try {
    const file = await readHeldOutFile(path, record);
    const found = await findHeldOut(judged, datasetRows(file.dataset));
    const state = file.sha256 === (record.dev ?? record.data).sha256 ? 'same' : 'changed';
    const gone = found.filter((row) => row === undefined).length;
    const relabelled = found.filter(
      (row, at) => row !== undefined && !sameLabels(row.label, judged[at]!.label, multiLabel),
    ).length;
    return { heldOut: { path, state, gone, relabelled }, mistakes: show(found) };
  } catch (error) {
    if (!RowlightError.is(error)) throw error;
    const { message } = error;
    return { heldOut: { path, state: 'unreadable', message, gone: judged.length, relabelled: 0 }, mistakes: show([]) };
  }
}

/** Reads the file that holds a run's judged rows, as it is now, by the columns of the run. Rejects where it can't be read. */
export async function readHeldOutFile(path: string, record: RunRecord): Promise<DataFile> {
  await ensureReadable(path);
  const { text, textB, label } = record.columns;
  const { multiLabel } = record;
  return readDataFile(path, silentLog, {
    columns: { text, label, ...(textB === undefined ? {} : { textB }) },
    ...(multiLabel === undefined ? {} : { multiLabel }),
  });
}
