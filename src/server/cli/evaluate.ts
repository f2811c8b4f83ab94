import type { Example } from '../data/example';
import type { Engine } from '../engine/engine';
import { selectEngine } from '../engine/select';
import { type Log, silentLog } from '../env';
import { RowlightError } from '../errors';
import { hasAnswer } from '../inference/prediction';
import { type LoadedClassifier, loadClassifier } from '../runs/load-classifier';
import { readDataFile } from '../runs/read-data';
import { writeThresholds } from '../runs/thresholds-file';
import { allAtTemperature, trustOf } from '../training/calibration';
import { judge } from '../training/evaluate';
import { meanCrossEntropy } from '../training/metrics';
import { scoreFloor } from '../training/floor';
import { thresholdsFor } from '../training/thresholds';
import { type ColumnOptions, type EngineOptions, columnSettingsOf, engineSettings } from './options';
import type { DtypeChoice } from '../engine/faster-dtype';
import { choosePredictor } from './choose-predictor';
import { judgeSetRows, labelsOfRows } from './evaluate-sets';
import { furtherScores } from './further-scores';
import { type EvaluationResult, calibrationResult } from './report';
import { modelPath, stderrLog } from './world';

/** run_classifier.py evaluates in batches of eight and averages their losses under the name `loss`. */
const EVAL_BATCH_SIZE = 8;

/** Options of `rowlight evaluate`. */
export interface EvaluateOptions extends EngineOptions, ColumnOptions {
  readonly floor?: string;
  /** The share of right predictions for which thresholds are wished. */
  readonly precision?: number;
  readonly save: boolean;
  readonly dtype: DtypeChoice;
}

/** `rowlight evaluate MODEL DATA`: judges a model on the labelled rows of a file. */
export async function evaluateCommand(
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<EvaluationResult> {
  if (options.save && options.precision === undefined)
    throw new RowlightError('bad-argument', '--save keeps thresholds; say with --precision how right they shall be');
  const log = stderrLog(options.verbose);
  const loaded = await loadClassifier(modelPath(model));
  const { labels } = loaded.model;
  const file = await readDataFile(data, log, { columns: columnSettingsOf(options), ...modelColumns(loaded) });
  if (file.dataset.columns.label === undefined)
    throw new RowlightError('bad-data', `${data}: has no label column to judge by; name it with --label-column`);
  const labelled = file.dataset.examples.filter(({ label }) => label !== undefined);
  const own = labelsOfRows(labelled, loaded.multiLabel);
  const unknown = own.filter((row) => row.some((label) => !labels.includes(label)));
  if (unknown.length === labelled.length)
    throw new RowlightError(
      'bad-data',
      `${data}: no row has one of the model's labels (${labels.join(', ')}); nothing to judge by`,
    );
  if (unknown.length > 0) {
    const names = [...new Set(unknown.flat().filter((label) => !labels.includes(label)))].slice(0, 3).join(', ');
    log.warn(
      `${data}: ${unknown.length} of ${labelled.length} rows have labels that the model does not know (${names}); they count as errors`,
    );
  }
  const train =
    options.floor === undefined
      ? undefined
      : await readDataFile(options.floor, log, { labels, ...modelColumns(loaded) });
  const engine = await selectEngine(engineSettings(options));
  const result = await judgeRows(engine, loaded, labelled, { train: train?.dataset.examples, ...options, log });
  if (options.save && result.thresholds !== undefined) {
    const { wished, per_label } = result.thresholds;
    const step = result.global_step === undefined ? {} : { step: result.global_step };
    const thresholds = Object.fromEntries(per_label.map(({ label, threshold }) => [label, threshold]));
    await writeThresholds(modelPath(model), { precision: wished, rows: result.rows, ...step, thresholds });
  }
  return result;
}

/**
 * Judges a saved model: what is reported is what the files on the disk do, not what training believed.
 * @param train the rows it learnt from, on which the floor is fitted
 */
export async function evaluateModel(
  engine: Engine,
  path: string,
  examples: readonly Example[],
  train: readonly Example[],
): Promise<EvaluationResult> {
  return judgeRows(engine, await loadClassifier(path), examples, { train });
}

/** The columns the model was trained on and how rows hold several labels, as `readDataFile` takes them. */
export function modelColumns({ folder, multiLabel }: LoadedClassifier) {
  const columns = folder.rowlight?.columns;
  const several = multiLabel === undefined ? {} : { multiLabel };
  if (columns === undefined || folder.rowlight?.headerless) return several;
  const { text, textB, label } = columns;
  return { modelColumns: { text, label, ...(textB === undefined ? {} : { textB }) }, ...several };
}

async function judgeRows(
  engine: Engine,
  { model, folder, multiLabel }: LoadedClassifier,
  examples: readonly Example[],
  {
    train,
    precision,
    dtype = 'float32',
    log = silentLog,
  }: Partial<Pick<EvaluateOptions, 'precision' | 'dtype'>> & {
    readonly train?: readonly Example[] | undefined;
    readonly log?: Log;
  },
): Promise<EvaluationResult> {
  // A label that the model does not know gets the probability 0: its rows count as errors, which is what they are to a user.
  const labels = [...new Set([...model.labels, ...labelsOfRows(examples, multiLabel).flat()])];
  const { temperature = 1 } = model;
  const predictor = await choosePredictor(engine, { ...model, temperature: 1 }, folder.folder, dtype, examples, log);
  const predictions = await predictor.predict(examples);
  await predictor.dispose();
  const unanswered = predictions.filter((prediction) => !hasAnswer(prediction)).length;
  if (unanswered > 0)
    throw new RowlightError(
      'bad-model',
      `the model's answers to ${unanswered} of ${examples.length} rows are no numbers: its weights are damaged, or were trained at too high a --learning-rate`,
    );
  const bare = new Float64Array(examples.length * labels.length);
  predictions.forEach((prediction, row) => bare.set(prediction.probabilities, row * labels.length));
  const step = folder.rowlight?.step;
  const globalStep = typeof step === 'number' ? { global_step: step } : {};
  if (multiLabel !== undefined) {
    if (precision !== undefined)
      throw new RowlightError('unsupported', '--precision finds thresholds for models of one label a row only');
    const judged = { examples, labels, bare, temperature, multiLabel, train };
    return { ...judgeSetRows(judged, EVAL_BATCH_SIZE), ...globalStep };
  }
  const ids = new Map(labels.map((label, id) => [label, id]));
  const truth = Int32Array.from(examples, ({ label }) => ids.get(label!)!);
  // Losses are the bare model's, as training and run_classifier.py report them; all else is of the probabilities that the model shows.
  const { scores, loss } = judge(bare, truth, labels);
  const probabilities = allAtTemperature(bare, labels.length, temperature);
  const further = furtherScores(scores, probabilities, truth, folder.rowlight?.positive);
  return {
    eval_accuracy: scores.accuracy,
    eval_loss: loss,
    ...globalStep,
    loss: meanOfBatchLosses(bare, truth, labels.length),
    eval_macro_f1: scores.macroF1,
    ...further,
    ...(temperature === 1
      ? {}
      : { calibration: calibrationResult(temperature, trustOf(bare, truth), trustOf(probabilities, truth)) }),
    ...(precision === undefined ? {} : { thresholds: thresholdsOf(probabilities, truth, labels, precision) }),
    ...(train === undefined ? {} : { floor: floorOf(train, examples, labels) }),
    rows: scores.rows,
  };
}

function thresholdsOf(probabilities: Float64Array, truth: Int32Array, labels: readonly string[], wished: number) {
  const found = thresholdsFor(probabilities, truth, labels, wished);
  const per_label = found.map(({ recallOfAll, ...one }) => ({ ...one, recall_of_all: recallOfAll }));
  return { wished, per_label };
}

function floorOf(train: readonly Example[], examples: readonly Example[], labels: readonly string[]) {
  const { accuracy, macroF1 } = scoreFloor(train, examples, labels);
  return { accuracy, macro_f1: macroF1 };
}

function meanOfBatchLosses(probabilities: Float64Array, truth: Int32Array, width: number): number {
  const losses: number[] = [];
  for (let from = 0; from < truth.length; from += EVAL_BATCH_SIZE) {
    const to = Math.min(truth.length, from + EVAL_BATCH_SIZE);
    losses.push(meanCrossEntropy(probabilities.subarray(from * width, to * width), truth.subarray(from, to)));
  }
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
