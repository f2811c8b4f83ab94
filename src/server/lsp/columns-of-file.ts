import { dirname, join } from 'node:path';
import type { Settings } from '../../protocol/settings';
import { chooseColumns, sampleRows, type ColumnSettings } from '../data/columns';
import type { FileColumns } from '../data/file-columns';
import { splitLabels } from '../data/multi-label';
import { LABEL_NAME_FILES, matchLabelNames, nameLabel, parseLabelNames } from '../data/labels';
import { cellValue, rowValues } from '../data/scanner';
import type { Files } from '../env';
import type { DataDocument } from './documents';
import { firstRow } from './file-view';
import { inSlices } from './slices';
import { pathOf } from './workspace';

/** Decides the columns of an open file from its settings, header and values; else one line that says what to do. */
export function resolveColumns(
  document: DataDocument,
  settings: Pick<Settings, 'textColumn' | 'labelColumn'>,
): FileColumns | { readonly failure: string } {
  const { index, text } = document;
  if (!index)
    return { failure: 'Rowlight reads tab-separated and comma-separated files; this one uses another separator.' };
  if (index.rowCount === 0) return { failure: 'The file is empty.' };
  const asked: ColumnSettings = {
    ...(settings.textColumn === '' ? {} : { text: settings.textColumn }),
    ...(settings.labelColumn === '' ? {} : { label: settings.labelColumn }),
  };
  const sample = sampleRows(index.rowCount, (row) => rowValues(text, index, row));
  const { columns, problems } = chooseColumns(sample, asked);
  const failure = problems.find((problem) => problem.severity === 'error');
  if (failure) return { failure: `${failure.column === undefined ? '' : `${failure.column}: `}${failure.message}` };
  if (!columns.text) return { failure: 'No column holds texts yet.' };
  return {
    names: columns.names,
    text: columns.text.index,
    ...(columns.textB ? { textB: columns.textB.index } : {}),
    ...(columns.label ? { label: columns.label.index } : {}),
    headerless: !columns.header,
  };
}

/** Adds the names of integer labels where a file such as `class.txt` beside the document gives them. */
export async function withLabelNames(files: Files, document: DataDocument, columns: FileColumns): Promise<FileColumns> {
  const path = pathOf(document.uri);
  if (path === undefined || columns.label === undefined) return columns;
  for (const name of LABEL_NAME_FILES) {
    const file = join(dirname(path), name);
    if (!(await files.exists(file))) continue;
    const names = parseLabelNames(new TextDecoder().decode(await files.read(file)));
    const labelNames = matchLabelNames((await countLabels(document, columns)).labels, names);
    return labelNames ? { ...columns, labelNames } : columns;
  }
  return columns;
}

/** What the label column of a file holds. */
export interface LabelCount {
  readonly labels: ReadonlySet<string>;
  readonly labelled: number;
  readonly unlabelled: number;
}

/** Counts the labels of a file, yielding to the event loop; rows changed meanwhile may be missed, the next count has them. */
export function countLabels(document: DataDocument, columns: FileColumns): Promise<LabelCount> {
  return inSlices(lookAtLabels(document, columns));
}

function* lookAtLabels(document: DataDocument, columns: FileColumns): Generator<void, LabelCount> {
  const labels = new Set<string>();
  const { label, labelNames, delimiter } = columns;
  let labelled = 0;
  let unlabelled = 0;
  for (let row = firstRow(columns); ; row++) {
    if (row % 512 === 0) yield;
    const { index, text } = document;
    if (label === undefined || !index || row >= index.rowCount) break;
    const value = label < index.cellCount(row) ? cellValue(text, index, row, label).trim() : '';
    if (value === '') unlabelled++;
    else {
      labelled++;
      const parts = delimiter === undefined ? [value] : splitLabels(value, { delimiter });
      for (const part of parts) labels.add(labelNames ? (nameLabel(part, labelNames) ?? part) : part);
    }
  }
  return { labels, labelled, unlabelled };
}
