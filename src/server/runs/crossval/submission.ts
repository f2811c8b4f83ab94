import { findColumn } from '../../data/columns';
import type { Dataset } from '../../data/dataset';
import { encodeCell } from '../../data/encode-cell';
import { RowlightError } from '../../errors';

/**
 * The column that names the rows of a test file: the one asked for, else one called ID. Undefined where there is none: the row's number counts, from 0
 * (as the index of a pandas table). Throws with reason `bad-argument` where the one asked for is not there.
 */
export function idColumnOf({ columns }: Dataset, asked?: string): number | undefined {
  if (asked === undefined) {
    const found = columns.header ? columns.names.findIndex((name) => name.toLowerCase() === 'id') : -1;
    return found === -1 ? undefined : found;
  }
  const index = findColumn(asked, columns.names);
  if (index !== undefined) return index;
  throw new RowlightError(
    'bad-argument',
    `--id-column ${asked}: the test file has no such column; its columns are: ${columns.names.join(', ')}`,
  );
}

/**
 * A contest's file: CSV (RFC 4180) with the header `ID,Prediction`, a row of the test file each. The prediction of a binary task is the probability
 * of its positive label, of any other the label; empty for a row without a text.
 * @param answers by row number: the predicted label and a probability a label
 */
export function submissionCsv(
  dataset: Dataset,
  idColumn: number | undefined,
  answers: ReadonlyMap<number, { readonly prediction: string; readonly probabilities: readonly number[] }>,
  positiveId: number | undefined,
): string {
  return contestCsv(dataset, idColumn, ['Prediction'], (row) => {
    const answer = answers.get(row);
    return [(positiveId === undefined ? answer?.prediction : answer?.probabilities[positiveId]?.toString()) ?? ''];
  });
}

/**
 * The file of a contest with several labels a row: `ID` and a column a label with its probability, which leaves thresholds and areas to whoever
 * judges it (the form of Kaggle's Toxic Comment Classification Challenge); empty for a row without a text.
 */
export function setSubmissionCsv(
  dataset: Dataset,
  idColumn: number | undefined,
  answers: ReadonlyMap<number, { readonly probabilities: readonly number[] }>,
  labels: readonly string[],
): string {
  return contestCsv(
    dataset,
    idColumn,
    labels,
    (row) => answers.get(row)?.probabilities.map(String) ?? labels.map(() => ''),
  );
}

function contestCsv(
  { rows }: Dataset,
  idColumn: number | undefined,
  columns: readonly string[],
  cellsOf: (row: number) => readonly string[],
): string {
  const line = (cells: readonly string[]) => `${cells.map((cell) => encodeCell(cell, 'csv')).join(',')}\r\n`;
  const lines = rows.map((cells, row) =>
    line([idColumn === undefined ? String(row) : (cells[idColumn] ?? ''), ...cellsOf(row)]),
  );
  return [line(['ID', ...columns]), ...lines].join('');
}
