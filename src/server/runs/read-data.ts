import { basename, dirname, extname, join } from 'node:path';
import type { ColumnSettings, Columns } from '../data/columns';
import { type Dataset, toDataset } from '../data/dataset';
import { LABEL_NAME_FILES, type LabelNames, parseLabelNames } from '../data/labels';
import { JOINED_COLUMN, type MultiLabel, withJoinedLabels } from '../data/multi-label';
import { type Problem, brief, describeProblem } from '../data/problem';
import { type Table, readTable } from '../data/read';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import { sha256 } from './run-folder';

/** A data file from the disk. */
export interface DataFile {
  readonly path: string;
  readonly dataset: Dataset;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
}

/** What is known beforehand of a data file. */
export interface DataFileOptions {
  readonly columns?: ColumnSettings;
  /** The label set to hold to. */
  readonly labels?: readonly string[];
  /** How integer labels are named, as another file settled it. */
  readonly labelNames?: LabelNames;
  /** The columns that a model was trained on: they count where the file has columns of these names and `columns` names no others. */
  readonly modelColumns?: ColumnSettings;
  /** How rows hold several labels. Its columns must be there, unless a model names them (`modelColumns`). */
  readonly multiLabel?: MultiLabel;
}

/**
 * Reads a data file and the names for its integer labels beside it. Problems of single rows go to the log as warnings.
 * Rejects with reason `bad-data` where the file cannot be used.
 */
export async function readDataFile(path: string, log: Log, options: DataFileOptions = {}): Promise<DataFile> {
  const bytes = await nodeFiles.read(path);
  const labelNames = options.labelNames ?? (await namesBeside(path));
  const { table, joined } = joinColumns(path, readTable(bytes, basename(path)), options, log);
  const columnsGiven = joined ? { ...options.columns, label: JOINED_COLUMN } : options.columns;
  const known = {
    ...options,
    ...(columnsGiven === undefined ? {} : { columns: columnsGiven }),
    ...(labelNames === undefined ? {} : { labelNames }),
  };
  let dataset = toDataset(table, known);
  const { header, names } = dataset.columns;
  const shared = Object.entries(options.modelColumns ?? {}).filter(
    ([, name]) => header && names.includes(name as string),
  );
  if (shared.length > 0) {
    const columns: ColumnSettings = { ...Object.fromEntries(shared), ...columnsGiven };
    dataset = toDataset(table, { ...known, columns });
  }
  reportProblems(path, dataset.problems, log);
  return { path, dataset, sha256: sha256(bytes) };
}

/** Joins columns of one label each, where the file is read by them. */
function joinColumns(
  path: string,
  table: Table,
  { multiLabel, modelColumns }: DataFileOptions,
  log: Log,
): { readonly table: Table; readonly joined: boolean } {
  if (multiLabel?.columns === undefined) return { table, joined: false };
  const strange: string[] = [];
  const joined = withJoinedLabels(table, multiLabel, (line, column, cell) =>
    strange.push(`${path}:${line}: column ${column}: "${brief(cell, 40)}" says neither yes nor no; write 1 or 0`),
  );
  for (const line of strange.slice(0, SHOWN)) log.warn(line);
  if (joined !== undefined) return { table: joined, joined: true };
  if (modelColumns !== undefined) return { table, joined: false };
  const header = (table.keys ?? table.rows[0] ?? []).join(', ');
  throw new RowlightError(
    'bad-data',
    `${path}: has not all of the label columns ${multiLabel.columns.join(', ')}; its columns are ${header}`,
  );
}

/** The columns of one file as settings for its siblings, so that all are read alike. */
export function columnSettings({ text, textB, label }: Columns): ColumnSettings {
  return {
    ...(text === undefined ? {} : { text: text.name }),
    ...(textB === undefined ? {} : { textB: textB.name }),
    ...(label === undefined ? {} : { label: label.name }),
  };
}

/** The file of held-out rows beside a training file: `dev.*`, of the same format first; `undefined` where there is none. */
export async function devBeside(path: string): Promise<string | undefined> {
  const own = extname(path);
  const names = [...new Set([own, '.tsv', '.csv', '.jsonl'])].map((ending) => `dev${ending}`);
  for (const name of names) {
    const candidate = join(dirname(path), name);
    if (basename(path) !== name && (await nodeFiles.exists(candidate))) return candidate;
  }
  return undefined;
}

async function namesBeside(path: string): Promise<readonly string[] | undefined> {
  for (const name of LABEL_NAME_FILES) {
    const file = join(dirname(path), name);
    if (await nodeFiles.exists(file)) return parseLabelNames(new TextDecoder().decode(await nodeFiles.read(file)));
  }
  return undefined;
}

/** More lines than these say nothing new to a person. */
const SHOWN = 5;

function reportProblems(path: string, problems: readonly Problem[], log: Log): void {
  const error = problems.find(({ severity }) => severity === 'error');
  if (error) throw new RowlightError('bad-data', describeProblem(path, error));
  for (const problem of problems.slice(0, SHOWN)) log.warn(describeProblem(path, problem));
  if (problems.length > SHOWN) log.warn(`${path}: ${problems.length - SHOWN} more problems like these`);
}
