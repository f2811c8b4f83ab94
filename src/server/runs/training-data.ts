import type { Example } from '../data/example';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { Tokenizer } from '../tokenizer/encoding';
import type { EncodedExample } from '../training/batches';
import { leakedRows } from '../training/before-start';
import { holdOut } from '../training/split';
import type { ColumnSettings } from '../data/columns';
import type { MultiLabel } from '../data/multi-label';
import { type Classes, byRarestLabel, classesOf } from '../training/classes';
import { type DataFile, columnSettings, devBeside, readDataFile } from './read-data';
import { type RunRecord, textHash } from './run-folder';

/** The rows of a run: those to learn from and those that judge. */
export interface TrainingData {
  readonly data: DataFile;
  /** The file of held-out rows; absent where they come from the data file. */
  readonly dev?: DataFile;
  readonly labels: readonly string[];
  /** How rows hold several labels; `Example.label` is then the cell that holds them all. */
  readonly multiLabel?: MultiLabel;
  readonly train: readonly Example[];
  readonly heldOut: readonly Example[];
  /** For the run's record, where the held-out rows come from the data file. */
  readonly split?: NonNullable<RunRecord['split']>;
}

/** The share of the labelled rows that is held out where no file of such rows is given. */
const HELD_OUT = 0.2;

/** What the rows of a new run are read by. */
export interface DataRequest {
  readonly columns: ColumnSettings;
  /** File of held-out rows. */
  readonly dev?: string;
  /** Rows of the data file to hold out, where somebody has decided that (`Example.row`); then no `dev` counts. */
  readonly heldOut?: readonly number[];
  /** How rows hold several labels; absent where they have one. */
  readonly multiLabel?: MultiLabel;
  readonly seed: number;
}

/**
 * Reads the rows of a new run. Held-out rows: those named, else `dev` if given, else a sibling `dev.*`, else a seeded stratified share of the
 * labelled rows with duplicates on one side.
 */
export async function readTrainingData(path: string, request: DataRequest, log: Log): Promise<TrainingData> {
  const { columns, multiLabel } = request;
  const several = multiLabel === undefined ? {} : { multiLabel };
  const data = await readDataFile(path, log, { columns, ...several });
  const labels = requireLabels(data);
  const labelled = data.dataset.examples.filter(({ label }) => label !== undefined);
  const named = request.heldOut && new Set(request.heldOut);
  const devPath = named ? undefined : (request.dev ?? (await devBeside(path)));
  if (devPath === undefined) {
    const strata = multiLabel ? byRarestLabel(labelled, multiLabel) : labelled;
    const rows = named ?? new Set(holdOut(strata, request.seed, HELD_OUT).heldOut.map((at) => labelled[at]!.row));
    const heldOut = labelled.filter(({ row }) => rows.has(row));
    const split = {
      fraction: named ? heldOut.length / labelled.length : HELD_OUT,
      heldOut: heldOut.map(({ row, text, textB }) => ({ row, hash: textHash(text, textB) })),
    };
    return checked(
      { data, labels, ...several, train: labelled.filter(({ row }) => !rows.has(row)), heldOut, split },
      log,
    );
  }
  return checked(
    { data, labels, ...several, train: labelled, ...(await readDev(devPath, data, labels, log, multiLabel)) },
    log,
  );
}

/** Reads the rows of a run again, as its record says. Rejects with reason `bad-data` where a file has changed since. */
export async function rereadTrainingData(record: RunRecord, log: Log): Promise<TrainingData> {
  const { text, textB, label } = record.columns;
  const columns = { text, label, ...(textB === undefined ? {} : { textB }) };
  const several = record.multiLabel === undefined ? {} : { multiLabel: record.multiLabel };
  const data = await readDataFile(record.data.path, log, { columns, ...several });
  requireUnchanged(data, record.data.sha256);
  const labelled = data.dataset.examples.filter((example) => example.label !== undefined);
  if (record.split !== undefined) {
    const rows = new Set(record.split.heldOut.map(({ row }) => row));
    const train = labelled.filter(({ row }) => !rows.has(row));
    return {
      data,
      labels: record.labels,
      ...several,
      train,
      heldOut: labelled.filter(({ row }) => rows.has(row)),
      split: record.split,
    };
  }
  const held = await readDev(record.dev!.path, data, record.labels, log, record.multiLabel);
  requireUnchanged(held.dev, record.dev!.sha256);
  return { data, labels: record.labels, ...several, train: labelled, ...held };
}

/** What the rows of a run can be. */
export function classesOfData({ labels, train, heldOut, multiLabel }: TrainingData): Classes {
  return classesOf(labels, [...train, ...heldOut], multiLabel);
}

/** Rows as ids, with labels by position in `labels`: the names of the classes. */
export function encodeExamples(
  examples: readonly Example[],
  labels: readonly string[],
  tokenizer: Tokenizer,
  maxLength: number,
): (EncodedExample & { readonly truncated: boolean })[] {
  const ids = new Map(labels.map((label, id) => [label, id]));
  return examples.map(({ text, textB, label }) => ({
    ...tokenizer.encode(text, textB, maxLength),
    label: ids.get(label!)!,
  }));
}

async function readDev(
  path: string,
  data: DataFile,
  labels: readonly string[],
  log: Log,
  multiLabel: MultiLabel | undefined,
): Promise<{ dev: DataFile; heldOut: Example[] }> {
  const { columns, labelNames } = data.dataset;
  const dev = await readDataFile(path, log, {
    columns: columnSettings(columns),
    labels,
    ...(multiLabel === undefined ? {} : { multiLabel }),
    ...(labelNames === undefined ? {} : { labelNames }),
  });
  return { dev, heldOut: dev.dataset.examples.filter(({ label }) => label !== undefined) };
}

/** The labels of a data file. Throws with reason `bad-data` where it has no label column or fewer than two labels. */
export function requireLabels({ path, dataset }: DataFile): readonly string[] {
  if (dataset.columns.label === undefined) {
    throw new RowlightError(
      'bad-data',
      `${path}: no label column was found among ${dataset.columns.names.join(', ')}; name it with --label-column`,
    );
  }
  if (dataset.labels.length < 2) {
    const found =
      dataset.labels.length === 0 ? 'no row has a label' : `every labelled row has the label "${dataset.labels[0]}"`;
    throw new RowlightError(
      'bad-data',
      `${path}: ${found} in column ${dataset.columns.label.name}; training needs rows of two labels or more`,
    );
  }
  return dataset.labels;
}

function checked(found: TrainingData, log: Log): TrainingData {
  if (found.heldOut.length === 0) {
    const place = found.dev?.path ?? found.data.path;
    throw new RowlightError(
      'bad-data',
      `${place}: no labelled row is left to judge the model; label more rows, or give a file with --dev`,
    );
  }
  if (found.train.length === 0)
    throw new RowlightError('bad-data', `${found.data.path}: no labelled row is left to learn from; label more rows`);
  const leaked = leakedRows(found.train, found.heldOut);
  if (leaked > 0)
    log.warn(
      `${leaked} of ${found.heldOut.length} held-out rows say the same as a training row: scores will look better than they are`,
    );
  return found;
}

function requireUnchanged(file: DataFile, sha256: string): void {
  if (file.sha256 !== sha256) {
    throw new RowlightError(
      'bad-data',
      `${file.path}: has changed since the run began, so the run cannot go on as it was; start a new one`,
    );
  }
}
