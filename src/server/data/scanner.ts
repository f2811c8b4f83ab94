import { CellIndex, type Dialect, type RowChange } from './cell-index';

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const COMMA = 44;
const BYTE_ORDER_MARK = 0xfeff;

/** An edit of a text: what lay between `start` and `oldEnd` became what lies between `start` and `newEnd` (UTF-16 code units). */
export interface TextEdit {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

/**
 * Indexes a document. Rows end at CRLF, LF or CR, as lines do in the editor; a byte order mark belongs to no cell. Rows and values are
 * those of csv-parse with `relax_quotes` (property test in test/unit/data/scanner.test.ts), except that a quote which is never closed
 * is no error here: its cell runs to the end of the text, see {@link hasOpenQuote}.
 */
export function scanCells(text: string, dialect: Dialect): CellIndex {
  const index = new CellIndex(dialect, 16 + (text.length >>> 5));
  for (let offset = markLength(text); offset < text.length;) offset = scanRow(text, offset, index);
  return index;
}

/**
 * Brings `index`, in place, from the text before one edit to `text`, the text after it. It reads from the row of the edit up to the
 * first row that begins where one began before, and keeps everything behind. Edits of one change event come one call each, in order.
 */
export function rescanCells(index: CellIndex, text: string, edit: TextEdit): RowChange {
  const shift = edit.newEnd - edit.oldEnd;
  // Not the row that begins at the edit but the one before: a line feed typed there may complete a CRLF.
  const firstRow = Math.max(0, index.rowAt(edit.start - 1));
  const fresh = new CellIndex(index.dialect);
  let oldRow = Math.min(firstRow + 1, index.rowCount);
  for (let offset = firstRow === 0 ? markLength(text) : index.rowStart(firstRow); offset < text.length;) {
    offset = scanRow(text, offset, fresh);
    while (oldRow < index.rowCount && index.rowStart(oldRow) + shift < offset) oldRow++;
    // At the start of a row there is no state but the text to come, so equal starts behind the edit mean an equal rest.
    if (offset >= edit.newEnd && oldRow < index.rowCount && index.rowStart(oldRow) + shift === offset) break;
    if (offset >= text.length) oldRow = index.rowCount;
  }
  if (fresh.rowCount === 0) oldRow = index.rowCount;
  index.replaceRows(firstRow, oldRow - firstRow, fresh, shift);
  return { firstRow, removed: oldRow - firstRow, inserted: fresh.rowCount };
}

/** What a cell says: its text, for a quoted cell without the quotes and with doubled quotes made single. */
export function cellValue(text: string, index: CellIndex, row: number, cell: number): string {
  const start = index.cellStart(row, cell);
  const end = index.cellEnd(row, cell);
  if (index.dialect === 'tsv' || text.charCodeAt(start) !== QUOTE) return text.slice(start, end);
  const close = closingQuote(text, start);
  const inner = text.slice(start + 1, close === -1 ? end : close).replaceAll('""', '"');
  // What follows the closing quote makes the quotes ordinary characters, as csv-parse has it (a NUL is the exception there).
  const rest = close === -1 ? '' : text.slice(close + 1, end);
  return rest === '' || rest.startsWith('\0') ? inner + rest : `"${inner}"${rest}`;
}

/** The values of all cells of a row. */
export function rowValues(text: string, index: CellIndex, row: number): string[] {
  return Array.from({ length: index.cellCount(row) }, (_, cell) => cellValue(text, index, row, cell));
}

/** Whether the text ends inside a quoted cell, which then is the last cell of the last row. */
export function hasOpenQuote(text: string, index: CellIndex): boolean {
  if (index.dialect === 'tsv' || index.rowCount === 0) return false;
  const row = index.rowCount - 1;
  const start = index.cellStart(row, index.cellCount(row) - 1);
  return text.charCodeAt(start) === QUOTE && closingQuote(text, start) === -1;
}

/** Adds the row that begins at `offset` to `index`; where the next one begins. */
function scanRow(text: string, offset: number, index: CellIndex): number {
  index.addRow(offset);
  return index.dialect === 'tsv' ? scanTabs(text, offset, index) : scanCommas(text, offset, index);
}

function scanTabs(text: string, start: number, index: CellIndex): number {
  const length = text.length;
  for (let offset = start; offset < length; offset++) {
    const code = text.charCodeAt(offset);
    if (code > CARRIAGE_RETURN) continue;
    if (code === TAB) index.addCell(offset);
    else if (code === LINE_FEED || code === CARRIAGE_RETURN) return endRow(text, offset, index);
  }
  index.addCell(length);
  return length;
}

function scanCommas(text: string, start: number, index: CellIndex): number {
  const length = text.length;
  let cell = start;
  for (let offset = start; offset < length; offset++) {
    const code = text.charCodeAt(offset);
    if (code > COMMA) continue;
    if (code === COMMA) {
      index.addCell(offset);
      cell = offset + 1;
    } else if (code === QUOTE && offset === cell) {
      const close = closingQuote(text, offset);
      if (close === -1) break;
      offset = close;
    } else if (code === LINE_FEED || code === CARRIAGE_RETURN) return endRow(text, offset, index);
  }
  index.addCell(length);
  return length;
}

function endRow(text: string, offset: number, index: CellIndex): number {
  index.addCell(offset);
  return text.charCodeAt(offset) === CARRIAGE_RETURN && text.charCodeAt(offset + 1) === LINE_FEED
    ? offset + 2
    : offset + 1;
}

/** Offset of the quote that closes the one at `open`, -1 where none does. */
function closingQuote(text: string, open: number): number {
  let quote = text.indexOf('"', open + 1);
  while (quote !== -1 && text.charCodeAt(quote + 1) === QUOTE) quote = text.indexOf('"', quote + 2);
  return quote;
}

function markLength(text: string): number {
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
}
