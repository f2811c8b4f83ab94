import { RowlightError } from '../errors';
import type { CellIndex } from './cell-index';
import { cellValue, hasOpenQuote } from './scanner';

/** A replacement in a text: what lies between two offsets (UTF-16 code units) becomes `text`. */
export interface CellEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The smallest edit after which a cell says `value`; undefined where it does already. A quoted cell stays quoted, others are quoted only
 * where they must be; a row that ends before the cell gets the cells that are missing. Nothing outside the cell changes.
 * Throws a `RowlightError` of reason `bad-argument` where the value has no place in a cell: a tab or line break in a TSV, or a row whose
 * last quote is never closed.
 */
export function setCell(
  text: string,
  index: CellIndex,
  row: number,
  cell: number,
  value: string,
): CellEdit | undefined {
  const tsv = index.dialect === 'tsv';
  if (tsv && /[\t\r\n]/.test(value))
    throw new RowlightError('bad-argument', 'A cell of a TSV file can hold no tab and no line break.');
  if (row === index.rowCount - 1 && hasOpenQuote(text, index)) {
    throw new RowlightError(
      'bad-argument',
      `Row ${row + 1} has a quote (") that is never closed; close it before its cells are changed.`,
    );
  }
  const missing = cell - index.cellCount(row) + 1;
  if (missing > 0) {
    const end = index.rowEnd(row);
    return { start: end, end, text: (tsv ? '\t' : ',').repeat(missing) + written(value, tsv, false) };
  }
  if (cellValue(text, index, row, cell) === value) return undefined;
  const [start, end] = [index.cellStart(row, cell), index.cellEnd(row, cell)];
  return { start, end, text: written(value, tsv, text[start] === '"') };
}

/** A value as a cell says it. */
function written(value: string, tsv: boolean, quoted: boolean): string {
  if (tsv || (!quoted && !/^"|[,\r\n]/.test(value))) return value;
  return `"${value.replaceAll('"', '""')}"`;
}
