import type { CellIndex } from '../data/cell-index';
import type { FileColumns } from '../data/file-columns';
import { nameLabel } from '../data/labels';
import { cellValue } from '../data/scanner';
import type { TextInput } from '../inference/prediction';
import type { DataDocument } from './documents';

/** One row of data. */
export interface RowView {
  readonly row: number;
  readonly input: TextInput;
  /** The given label; undefined on an unlabelled row. */
  readonly label: string | undefined;
  /** Where the label cell begins and ends, in UTF-16 units; in a row or a file without one, where the row ends. */
  readonly labelStart: number;
  readonly labelEnd: number;
}

/** The row as the model and the hints see it; undefined for the header and a row without text. One that ends before its label cell has no label. */
export function rowView(document: DataDocument, columns: FileColumns, row: number): RowView | undefined {
  const { index } = document;
  if (!index || row < firstRow(columns) || row >= index.rowCount) return undefined;
  const { text, textB, label, labelNames } = columns;
  const cells = index.cellCount(row);
  if (Math.max(text, textB ?? 0) >= cells) return undefined;
  const value = (cell: number): string => cellValue(document.text, index, row, cell);
  const first = value(text);
  if (first.trim() === '') return undefined;
  const labelCell = label !== undefined && label < cells ? label : undefined;
  const given = labelCell === undefined ? '' : value(labelCell).trim();
  const name = labelNames ? (nameLabel(given, labelNames) ?? given) : given;
  return {
    row,
    input: textB === undefined ? { text: first } : { text: first, textB: value(textB) },
    label: name === '' ? undefined : name,
    labelStart: labelCell === undefined ? index.rowEnd(row) : index.cellStart(row, labelCell),
    labelEnd: labelCell === undefined ? index.rowEnd(row) : index.cellEnd(row, labelCell),
  };
}

/** The cell at an offset, its end included; -1 where there is none. */
export function cellAt(index: CellIndex, row: number, offset: number): number {
  for (let cell = 0; cell < index.cellCount(row); cell++) {
    if (offset <= index.cellEnd(row, cell)) return offset >= index.cellStart(row, cell) ? cell : -1;
  }
  return -1;
}

/** Index of the first row of data. */
export function firstRow(columns: FileColumns): number {
  return columns.headerless ? 0 : 1;
}
