import type { Table } from './read';

/** How a row holds several labels. */
export interface MultiLabel {
  /** Stands between the labels of a cell; alone it says that the row has none of them. */
  readonly delimiter: string;
  /** Columns that say of one label each whether the row has it, in the place of one cell. */
  readonly columns?: readonly string[] | undefined;
}

/** The labels of a cell, trimmed, each once, in the order in which they stand. */
export function splitLabels(cell: string, { delimiter }: Pick<MultiLabel, 'delimiter'>): string[] {
  const parts = cell.split(delimiter).map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ''))];
}

/** Whether two cells hold the same labels, in whatever order; of rows with one label each, whether they are equal. */
export function sameLabels(one: string, other: string, multiLabel: Pick<MultiLabel, 'delimiter'> | undefined): boolean {
  if (one === other || multiLabel === undefined) return one === other;
  // Empty is unlabelled; the delimiter alone is none.
  if (one.trim() === '' || other.trim() === '') return false;
  const [own, its] = [new Set(splitLabels(one, multiLabel)), new Set(splitLabels(other, multiLabel))];
  return own.size === its.size && [...own].every((label) => its.has(label));
}

/** The cell that holds labels: in the order of `order`, so that one set is written in one way. */
export function joinLabels(
  labels: Iterable<string>,
  order: readonly string[],
  { delimiter }: Pick<MultiLabel, 'delimiter'>,
): string {
  const own = new Set(labels);
  const cell = order.filter((label) => own.has(label)).join(delimiter);
  return cell === '' ? delimiter : cell;
}

/** Name of the column that `withJoinedLabels` adds. */
export const JOINED_COLUMN = 'labels';

/** What a cell may hold to say that the row has the label, and that it has not. */
const YES = /^(1|1\.0|true|yes|y|x|是)$/i;
const NO = /^(0|0\.0|false|no|n|否)?$/i;

/**
 * A table whose columns of one label each are joined into one more column, as the last. A row whose cells are all empty is unlabelled. Undefined
 * where the table has not all of them; a cell that says neither yes nor no is given to `complain`, and counts as no.
 */
export function withJoinedLabels(
  table: Table,
  { delimiter, columns = [] }: MultiLabel,
  complain: (line: number, column: string, cell: string) => void,
): Table | undefined {
  const header = table.keys ?? table.rows[0] ?? [];
  const places = columns.map((name) => header.findIndex((cell) => cell.trim() === name));
  if (places.includes(-1)) return undefined;
  const first = table.keys === undefined ? 1 : 0;
  const rows = table.rows.map((cells, row) => {
    // A ragged row keeps its place: what it lacks is empty.
    const whole = [...cells, ...Array<string>(Math.max(0, header.length - cells.length)).fill('')];
    if (row < first) return [...whole, JOINED_COLUMN];
    const own = places.map((place) => whole[place]?.trim() ?? '');
    own.forEach((cell, at) => {
      if (!YES.test(cell) && !NO.test(cell)) complain(table.lines[row] ?? 1, columns[at]!, cell);
    });
    if (own.every((cell) => cell === '')) return [...whole, ''];
    return [...whole, joinLabels(columns.filter((_, at) => YES.test(own[at]!)), columns, { delimiter })]; // prettier-ignore
  });
  return { ...table, rows, ...(table.keys === undefined ? {} : { keys: [...table.keys, JOINED_COLUMN] }) };
}
