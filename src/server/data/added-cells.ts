import type { CellIndex } from './cell-index';
import { encodeCell } from './encode-cell';

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
  return [own, ...cells.map((cell) => encodeCell(cell, index.dialect))].join(separator);
}
