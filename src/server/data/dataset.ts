import { chooseColumns, type Columns, type ColumnSettings, sampleRows } from './columns';
import type { Example } from './example';
import { type LabelNames, matchLabelNames, nameLabel, orderLabels } from './labels';
import { type MultiLabel, joinLabels, splitLabels } from './multi-label';
import { brief, type Problem, ProblemList } from './problem';
import type { Table } from './read';

/** What is known about a file besides its bytes. */
export interface DatasetOptions {
  /** Columns that a person named. */
  readonly columns?: ColumnSettings;
  /** Names for integer labels, from a file beside (see `parseLabelNames`), or as the training file's data set settled them. */
  readonly labelNames?: readonly string[] | LabelNames;
  /** The label set to hold to (a model's, or the training file's): a row with any other label is a problem and counts as unlabelled. */
  readonly labels?: readonly string[];
  /** How cells hold several labels; then a row's label is the joined set, in the order of `labels`. */
  readonly multiLabel?: MultiLabel;
}

/** A data file, read and understood. */
export interface Dataset {
  readonly columns: Columns;
  /** The header's cells as they stand in the file (JSONL: the keys); absent in a headerless file. */
  readonly header?: readonly string[];
  /** The raw cells of every row that is not blank, header not counted. */
  readonly rows: readonly (readonly string[])[];
  /** For each row, the line of the file (from 1) on which it begins. */
  readonly lines: readonly number[];
  /** The rows that have a text; `Example.row` is an index into `rows`. Labels are trimmed and named. */
  readonly examples: readonly Example[];
  /** The label set in the order of the classes' ids: `options.labels`, else the names' order, else as `orderLabels` has it. */
  readonly labels: readonly string[];
  /** How the file's integer labels were named, for reading its siblings the same way. */
  readonly labelNames?: LabelNames;
  /** In the order of the file. Where one is an `error` the examples are not to be used. */
  readonly problems: readonly Problem[];
}

/** Gives the rows of a table (of `readTable`) their meaning. Never throws. */
export function toDataset(table: Table, options: DatasetOptions = {}): Dataset {
  const sample = sampleRows(table.rows.length, (row) => table.rows[row] ?? []);
  const chosen = chooseColumns(sample, options.columns, table.keys);
  const { columns } = chosen;
  const skipped = columns.header && table.keys === undefined ? 1 : 0;
  const rows = table.rows.slice(skipped);
  const lines = table.lines.slice(skipped);
  const header = table.keys ?? (skipped === 1 ? table.rows[0] : undefined);
  const problems = new ProblemList();
  for (const problem of [...table.problems, ...chosen.problems]) problems.add(problem);
  if (rows.length === 0 && table.problems.length === 0) problems.add(emptyFile(skipped === 1));

  const label = labelReader(rows, columns, options);
  const examples: Example[] = [];
  rows.forEach((cells, row) => {
    const line = lines[row] ?? 1;
    const read = columns.text && readTexts(cells, columns, line, problems);
    if (!read) return;
    const own = label.read(cells[columns.label?.index ?? -1]?.trim() ?? '', line, problems);
    examples.push({ row, ...read, ...(own === undefined ? {} : { label: own }) });
  });
  return {
    columns,
    ...(header === undefined ? {} : { header }),
    rows,
    lines,
    examples,
    labels: label.labels,
    ...(label.names === undefined ? {} : { labelNames: label.names }),
    problems: problems.all(),
  };
}

/** The texts of a row; undefined, with a problem added, for a row that cannot be an example. */
function readTexts(
  cells: readonly string[],
  columns: Columns,
  line: number,
  problems: ProblemList,
): Pick<Example, 'text' | 'textB'> | undefined {
  const width = columns.names.length;
  const needed = [columns.text, columns.textB].filter((column) => column !== undefined);
  const lost = needed.some((column) => column.index >= cells.length);
  if (cells.length > width || lost) {
    problems.add(raggedRow(line, cells.length, width, 'left out'));
    return undefined;
  }
  if (cells.length < width) problems.add(raggedRow(line, cells.length, width, 'read with empty cells at its end'));
  const blank = needed.find((column) => cells[column.index]?.trim() === '');
  if (blank) {
    const message = 'The text is empty, so the row is left out. Fill it in or delete the row.';
    problems.add({ code: 'empty-text', severity: 'warning', row: line, column: blank.name, message });
    return undefined;
  }
  const [text = '', textB] = needed.map((column) => cells[column.index] ?? '');
  return textB === undefined ? { text } : { text, textB };
}

/** How label cells are read: the label set, and a function from a trimmed cell to a label or undefined. */
function labelReader(rows: Table['rows'], columns: Columns, options: DatasetOptions) {
  const column = columns.label;
  const { multiLabel } = options;
  const parts = (value: string) => (multiLabel ? splitLabels(value, multiLabel) : [value]);
  const present = new Set(column ? rows.flatMap((cells) => parts(cells[column.index]?.trim() ?? '')) : []);
  present.delete('');
  const names = settleNames(present, options.labelNames);
  const labels = options.labels ?? names?.names ?? orderLabels(present);
  const known = new Set(labels);
  const meaning = new Map([...present].map((value) => [value, (names && nameLabel(value, names)) ?? value]));
  const read = (value: string, line: number, problems: ProblemList): string | undefined => {
    if (value === '') return undefined;
    const own = parts(value).map((part) => meaning.get(part) ?? part);
    const unknown = own.findIndex((label) => !known.has(label));
    if (unknown < 0) return multiLabel ? joinLabels(own, labels, multiLabel) : own[0];
    problems.add(unknownLabel(line, column?.name ?? '', parts(value)[unknown]!, labels));
    return undefined;
  };
  return { labels, names, read };
}

function settleNames(present: ReadonlySet<string>, given: DatasetOptions['labelNames']): LabelNames | undefined {
  if (given === undefined || 'first' in given) return given;
  return present.size === 0 ? undefined : matchLabelNames(present, given);
}

function emptyFile(header: boolean): Problem {
  const message = `The file has no rows${header ? ' below its header' : ''}. Write one text a line, with its label in a column of its own.`;
  return { code: 'empty-file', severity: 'error', row: 1, message };
}

function raggedRow(row: number, has: number, width: number, fate: string): Problem {
  const count = `${String(has)} ${has === 1 ? 'cell' : 'cells'} instead of ${String(width)}`;
  const remedy =
    has > width
      ? 'Remove the separators that do not belong, or quote the cell in a CSV file.'
      : 'Add the missing separators.';
  return { code: 'ragged-row', severity: 'warning', row, message: `The row has ${count}, so it is ${fate}. ${remedy}` };
}

function unknownLabel(row: number, column: string, value: string, labels: readonly string[]): Problem {
  const shown =
    labels
      .slice(0, 12)
      .map((label) => brief(label, 40))
      .join(', ') + (labels.length > 12 ? `, … (${String(labels.length)} in all)` : '');
  const message = `"${brief(value, 40)}" is none of the labels, so the row counts as unlabelled. Correct it to one of: ${shown}.`;
  return { code: 'unknown-label', severity: 'warning', row, column, message };
}
