import type { CellIndex, Dialect } from './cell-index';

/**
 * A row of a text as it stands there, byte for byte, with more cells behind it: in the columns after `width`, so that a row that is too short is
 * filled up; the new cells of one that is too long stand further right.
 */
export function withCells(
  text: string,
  index: CellIndex,
  row: number,
  width: number,
  cells: readonly string[],
): string {
  const separator = index.dialect === 'tsv' ? '\t' : ',';
  const missing = separator.repeat(Math.max(0, width - index.cellCount(row)));
  const own = text.slice(index.rowStart(row), index.rowEnd(row)) + missing;
  return [own, ...cells.map((cell) => written(cell, index.dialect))].join(separator);
}

/** TSV has no quoting: what would break a line becomes a blank. */
function written(value: string, dialect: Dialect): string {
  if (dialect === 'tsv') return value.replace(/[\t\r\n]+/g, ' ');
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
