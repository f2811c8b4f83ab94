import type { Lines, RangeEdit, TextPosition } from '../../protocol/label-acts';
import { setCell } from '../data/cell-edit';
import type { FileColumns } from '../data/file-columns';
import type { LabelNames } from '../data/labels';
import { cellValue } from '../data/scanner';
import { RowlightError } from '../errors';
import type { DataDocument } from './documents';
import type { FileState } from './file-states';
import { firstRow, rowView, type RowView } from './file-view';

/** Rows that are looked at to tell how a file writes its labels. */
const LOOKED_AT = 1000;

/** The columns of a file whose rows are to be labelled. Throws one line that says what to do where it can't be told which they are. */
export function columnsOf(state: FileState | undefined): FileColumns {
  if (state?.columns) return state.columns;
  const status = state?.kind === 'unpredicted' ? state.status : undefined;
  const message =
    status?.kind === 'no-columns'
      ? status.message
      : status?.kind === 'too-large'
        ? 'The file is too large to be labelled in an editor.'
        : 'This is no TSV or CSV file that Rowlight reads.';
  throw new RowlightError('bad-argument', message);
}

/** What stands between the labels of a cell, where the model of the file gives several. */
export function delimiterOf(state: FileState | undefined): string | undefined {
  return state?.kind === 'predicted' && state.by === 'model' ? state.card.delimiter : undefined;
}

/** The label column of a file. Throws one line that says what to do where it has none. */
export function labelColumnOf({ label }: FileColumns): number {
  if (label !== undefined) return label;
  throw new RowlightError(
    'bad-argument',
    'The file has no label column. Add one to its header, or name it in the setting rowlight.labelColumn.',
  );
}

/** The rows of data that have a part on some lines, in the order of the document, each once. */
export function rowsOn(document: DataDocument, columns: FileColumns, lines: readonly Lines[]): RowView[] {
  const views = new Map<number, RowView>();
  for (const [first, last] of lines) {
    const end = document.index?.rowAt(endOf(document, last)) ?? -1;
    for (let row = rowOfLine(document, first) ?? end + 1; row <= end; row++) {
      const view = rowView(document, columns, row);
      if (view) views.set(row, view);
    }
  }
  return [...views.values()].sort((a, b) => a.row - b.row);
}

/** The row that a line belongs to, whatever it holds; undefined for the empty line behind the last row. */
export function rowOfLine(document: DataDocument, line: number): number | undefined {
  const { index, lines } = document;
  if (line >= lines.lineCount) return undefined;
  const offset = endOf(document, line);
  const row = index?.rowAt(offset) ?? -1;
  return index && row >= 0 && offset <= index.rowEnd(row) ? row : undefined;
}

/** Where a line ends, its line break left out. Its start won't do: a byte order mark before the first row belongs to none. */
function endOf({ lines }: DataDocument, line: number): number {
  return lines.offsetAt({ line, character: Number.MAX_SAFE_INTEGER });
}

/** The place of the edit that gives a row a label; undefined where it has it. An empty label clears the cell. */
export function labelEdit(
  document: DataDocument,
  columns: FileColumns,
  row: number,
  label: string,
): RangeEdit | undefined {
  const { index, text, lines } = document;
  if (!index) return undefined;
  const column = labelColumnOf(columns);
  // A row that ends before its label cell has nothing to clear.
  if (label === '' && column >= index.cellCount(row)) return undefined;
  const edit = setCell(text, index, row, column, label);
  if (!edit) return undefined;
  const range = { start: place(lines.positionAt(edit.start)), end: place(lines.positionAt(edit.end)) };
  return { range, text: edit.text };
}

/** The label of an act as the file writes it: where its cells hold ids that a file beside names, the id of that name. */
export function writtenLabel(document: DataDocument, columns: FileColumns, label: string): string {
  const { labelNames } = columns;
  const at = labelNames?.names.indexOf(label) ?? -1;
  if (!labelNames || at < 0 || !writesIds(document, columns, labelNames)) return label;
  return String(at + labelNames.first);
}

function writesIds({ index, text }: DataDocument, columns: FileColumns, { names }: LabelNames): boolean {
  const column = columns.label;
  if (!index || column === undefined) return false;
  const end = Math.min(index.rowCount, firstRow(columns) + LOOKED_AT);
  for (let row = firstRow(columns); row < end; row++) {
    const value = column < index.cellCount(row) ? cellValue(text, index, row, column).trim() : '';
    if (value !== '') return !names.includes(value);
  }
  return true;
}

function place({ line, character }: TextPosition): TextPosition {
  return { line, character };
}
