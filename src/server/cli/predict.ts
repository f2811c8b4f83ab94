import type { Dataset } from '../data/dataset';
import { tsvLine } from '../data/encode-cell';
import { selectEngine } from '../engine/select';
import { RowlightError } from '../errors';
import { hasAnswer, type Prediction, type Predictor, type TextInput } from '../inference/prediction';
import { type LoadedClassifier, loadClassifier } from '../runs/load-classifier';
import { readDataFile } from '../runs/read-data';
import { type StoredThresholds, readThresholds } from '../runs/thresholds-file';
import type { DtypeChoice } from '../engine/faster-dtype';
import { choosePredictor } from './choose-predictor';
import { modelColumns } from './evaluate';
import { type Lines, readLines, writeOut } from './lines';
import { type ColumnOptions, type EngineOptions, columnSettingsOf, engineSettings } from './options';
import { modelPath, stderrLog } from './world';

/** Options of `rowlight predict`. */
export interface PredictOptions extends EngineOptions, ColumnOptions {
  readonly format: 'tsv' | 'jsonl';
  /** Whether predictions below the thresholds kept with the model are left out. */
  readonly confident: boolean;
  readonly dtype: DtypeChoice;
}

/** `rowlight predict MODEL [FILE|-]`: loads the model once and labels a file's rows, or lines for as long as standard input lasts. */
export async function predictCommand(path: string, source: string, options: PredictOptions): Promise<void> {
  const loaded = await loadClassifier(modelPath(path));
  if (loaded.folder.rowlight?.step === 0) {
    stderrLog(options.verbose).warn(
      `${path}: this run was stopped before it learnt anything; go on with rowlight train --resume ${path}`,
    );
  }
  if (options.confident && loaded.multiLabel)
    throw new RowlightError('unsupported', '--confident obeys the thresholds of models of one label a row only');
  const thresholds = options.confident
    ? (await readThresholds(modelPath(path), loaded.folder.rowlight?.step)).thresholds
    : undefined;
  const log = stderrLog(options.verbose);
  const dataset = source === '-' ? undefined : await readTexts(source, loaded, options);
  const engine = await selectEngine(engineSettings(options));
  const answering = await choosePredictor(
    engine,
    loaded.model,
    loaded.folder.folder,
    options.dtype,
    dataset?.examples ?? [],
    log,
  );
  const predictor = thresholds === undefined ? answering : onlyConfident(answering, thresholds);
  try {
    await (dataset === undefined
      ? predictLines(predictor, readLines(process.stdin), options)
      : predictFile(predictor, dataset, options));
  } finally {
    await predictor.dispose();
  }
}

/** A predictor that gives no label to a row whose label is less probable than its threshold. */
function onlyConfident(predictor: Predictor, thresholds: StoredThresholds['thresholds']): Predictor {
  const sure = ({ label, probability }: Prediction): boolean => probability >= (thresholds[label] ?? Infinity);
  const predict: Predictor['predict'] = async (inputs, options) =>
    (await predictor.predict(inputs, options)).map((one) =>
      hasAnswer(one) && !sure(one) ? { ...one, label: '' } : one,
    );
  return { ...predictor, predict };
}

/** The rows of a file. */
async function readTexts(path: string, loaded: LoadedClassifier, options: PredictOptions): Promise<Dataset> {
  const log = stderrLog(options.verbose);
  const { dataset } = await readDataFile(path, log, { columns: columnSettingsOf(options), ...modelColumns(loaded) });
  if (dataset.columns.text === undefined)
    throw new RowlightError('bad-data', `${path}: no text column was found; name it with --text-column`);
  return dataset;
}

async function predictFile(predictor: Predictor, dataset: Dataset, options: PredictOptions): Promise<void> {
  const predictions = await predictor.predict(dataset.examples);
  const byRow = new Map(dataset.examples.map(({ row }, i) => [row, predictions[i]!]));
  const { names, header } = dataset.columns;
  if (options.format === 'tsv') {
    if (header) await writeOut(tsvLine([...names, 'prediction', 'probability']));
    for (const [row, cells] of dataset.rows.entries()) {
      // A ragged row is filled up, so that the new columns stand in their place.
      const filled = [...cells, ...Array<string>(Math.max(0, names.length - cells.length)).fill('')];
      await writeOut(tsvLine([...filled, ...predictionCells(byRow.get(row))]));
    }
  } else {
    for (const [row, cells] of dataset.rows.entries()) {
      const input = Object.fromEntries(names.map((name, column) => [name, cells[column] ?? '']));
      await writeOut(`${JSON.stringify({ ...input, ...predictionJson(byRow.get(row), predictor.labels) })}\n`);
    }
  }
}

/** Answers every line with one line. What waits while the model computes is computed together next, so that a pipe is as fast as a file. */
async function predictLines(predictor: Predictor, lines: Lines, { format }: PredictOptions): Promise<void> {
  for await (const waiting of lines) {
    const inputs = waiting.map(toInput);
    const texts = inputs.filter((input) => input !== undefined);
    const answers = (await predictor.predict(texts))[Symbol.iterator]();
    for (const [i, input] of inputs.entries()) {
      const prediction = input === undefined ? undefined : (answers.next().value as Prediction);
      if (format === 'tsv') await writeOut(answeredLine([waiting[i]!, ...predictionCells(prediction)]));
      else
        await writeOut(
          `${JSON.stringify({ ...(input ?? { text: '' }), ...predictionJson(prediction, predictor.labels) })}\n`,
        );
    }
  }
}

/** A text, or a pair with a tab between; `undefined` for a blank line. */
function toInput(line: string): TextInput | undefined {
  if (line.trim() === '') return undefined;
  const [text, ...rest] = line.split('\t');
  return rest.length === 0 ? { text: line } : { text: text!, textB: rest.join('\t') };
}

function predictionCells(prediction: Prediction | undefined): string[] {
  return prediction === undefined || !hasAnswer(prediction)
    ? ['', '']
    : [prediction.label, prediction.probability.toFixed(6)];
}

function predictionJson(prediction: Prediction | undefined, labels: readonly string[]): object {
  if (prediction === undefined || !hasAnswer(prediction)) {
    return { label: null, probability: null, probabilities: null, truncated: prediction?.truncated ?? false };
  }
  const probabilities = Object.fromEntries(labels.map((label, id) => [label, round(prediction.probabilities[id]!)]));
  return {
    label: prediction.label === '' ? null : prediction.label,
    ...(prediction.labels === undefined ? {} : { labels: prediction.labels }),
    probability: round(prediction.probability),
    probabilities,
    truncated: prediction.truncated,
  };
}

function round(probability: number): number {
  return Number(probability.toFixed(6));
}

/** A line that came as it is, its tabs too, with what was answered. */
function answeredLine(cells: readonly string[]): string {
  return `${cells.map((cell) => cell.replace(/[\r\n]+/g, ' ')).join('\t')}\n`;
}
