import type { Columns } from '../../protocol/runs';
import { chooseColumns, sampleRows } from '../data/columns';
import type { FileColumns } from '../data/file-columns';
import { nameLabel } from '../data/labels';
import { cellValue, rowValues } from '../data/scanner';
import type { Files } from '../env';
import type { FileRows } from '../runs/held-out-rows';
import { withLabelNames } from './columns-of-file';
import type { DataDocument } from './documents';
import { firstRow } from './file-view';

/** The rows of an open document, edits that were not saved included, by the columns of a run; undefined where it has no such columns. */
export async function rowsOfDocument(
  document: DataDocument,
  asked: Columns,
  files: Files,
): Promise<FileRows | undefined> {
  const { index, text } = document;
  if (!index) return undefined;
  const { textB } = asked;
  const settings = { text: asked.text, label: asked.label, ...(textB === undefined ? {} : { textB }) };
  const { columns } = chooseColumns(
    sampleRows(index.rowCount, (row) => rowValues(text, index, row)),
    settings,
  );
  if (!columns.text || columns.text.how !== 'setting') return undefined;
  const own: FileColumns = await withLabelNames(files, document, {
    names: columns.names,
    text: columns.text.index,
    ...(columns.textB ? { textB: columns.textB.index } : {}),
    ...(columns.label ? { label: columns.label.index } : {}),
    headerless: !columns.header,
  });
  const first = firstRow(own);
  return { count: Math.max(0, index.rowCount - first), at: (row) => rowAt(document, own, first + row) };
}

function rowAt(document: DataDocument, columns: FileColumns, row: number): ReturnType<FileRows['at']> {
  const { index, text, lines } = document;
  if (!index || row >= index.rowCount) return undefined;
  const cells = index.cellCount(row);
  const cell = (at: number | undefined): string =>
    at === undefined || at >= cells ? '' : cellValue(text, index, row, at);
  const own = cell(columns.text);
  if (own.trim() === '') return undefined;
  const given = cell(columns.label).trim();
  return {
    text: own,
    ...(columns.textB === undefined ? {} : { textB: cell(columns.textB) }),
    label: columns.labelNames ? (nameLabel(given, columns.labelNames) ?? given) : given,
    line: lines.positionAt(index.rowStart(row)).line,
  };
}
