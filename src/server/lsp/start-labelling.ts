import type { Connection } from 'vscode-languageserver';
import {
  PreviewFile,
  SetColumns,
  StartLabelling,
  WriteLabelSet,
  type ChosenColumns,
  type ColumnPreview,
  type LabellingStart,
  type TypedClass,
} from '../../protocol/start-labelling';
import { addFirstColumn } from '../data/add-column';
import type { FileColumns } from '../data/file-columns';
import { formatLabelSet, LABEL_SET_FILE, parseLabelSet } from '../data/label-set';
import { extendLabelSet } from '../data/new-label-set';
import { cellValue } from '../data/scanner';
import type { Files, Log } from '../env';
import { RowlightError } from '../errors';
import type { DataDocument, Documents } from './documents';
import type { FileStates } from './file-states';
import { firstRow } from './file-view';
import { columnsOf } from './label-rows';
import type { FileLabels, LabelSets } from './label-set-of-file';
import { inSlices } from './slices';
import { answer } from './wire';

/** What starting to label works on. */
export interface StartLabellingParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly labelSets: LabelSets;
  readonly disk: Files;
  readonly log: Log;
}

/** Sample values of a column, and rows that are looked at for them. */
const [SAMPLES, LOOKED_AT] = [3, 200];

/** Names of a new label column, the first that is free; Chinese ones in a file with Chinese names. */
const NAMES = { other: ['label', 'category', 'class', 'labels'], chinese: ['标签', '类别', '分类', 'label'] };

/** Shows the columns of a file, tells what makes it ready to be labelled, and takes the columns that were chosen. */
export function registerStartLabelling(connection: Connection, parts: StartLabellingParts): void {
  const { documents, files, labelSets, disk, log } = parts;

  async function look(uri: string): Promise<{ document: DataDocument; columns: FileColumns; labels: FileLabels }> {
    const state = await files.get(uri);
    const document = documents.get(uri);
    const columns = columnsOf(state);
    if (!document?.index) throw new RowlightError('bad-argument', 'This is no TSV or CSV file that Rowlight reads.');
    const labels = await labelSets.of(document, columns, []);
    if (labels.problem !== undefined) throw new RowlightError('bad-data', labels.problem);
    return { document, columns, labels };
  }

  answer(connection, log, PreviewFile, async ({ uri }) => {
    const { document, columns, labels } = await look(uri);
    return {
      columns: columns.names.map((name, index) => ({ index, name, samples: samplesOf(document, columns, index) })),
      text: columns.text,
      label: columns.label,
      labels: labels.set.labels.map(({ name }) => name),
      source: labels.source,
    };
  });

  answer(connection, log, StartLabelling, async ({ uri, version, textColumn, classes }, { signal }) => {
    const { document, columns, labels } = await look(uri);
    const { index, text, lines } = document;
    if (!index || document.version !== version) return null;
    if (textColumn < 0 || textColumn >= columns.names.length)
      throw new RowlightError('bad-argument', `There is no column ${textColumn + 1}.`);
    const set = extendLabelSet(labels.source === 'file' ? labels.set : { labels: [] }, classes);
    const content = formatLabelSet(set);
    const written = labels.source === 'file' && set.labels.length === labels.set.labels.length;
    const common = written ? {} : { labels: content };
    const first = firstRow(columns);
    const line = first < index.rowCount ? lines.positionAt(index.rowStart(first)).line : 0;
    const old = columns.label === textColumn || speaksOfOther(labels, classes) ? undefined : columns.label;
    if (old !== undefined) {
      const names = { text: nameOf(columns.names, textColumn, 0), label: nameOf(columns.names, old, 0) };
      const cell = first < index.rowCount && old < index.cellCount(first) ? index.cellEnd(first, old) : undefined;
      const at = cell === undefined ? { line, character: 0 } : lines.positionAt(cell);
      return { ...common, columns: names, first: at } satisfies LabellingStart;
    }
    const name = columns.headerless ? undefined : newName(columns.names);
    const edit = await inSlices(addFirstColumn(text, index, name), signal, () => document.version === version);
    return {
      ...common,
      edit: { range: { start: lines.positionAt(edit.start), end: lines.positionAt(edit.end) }, text: edit.text },
      columns: columns.headerless
        ? { text: String(textColumn + 2), label: '1' }
        : { text: nameOf(columns.names, textColumn, 1), label: name ?? '1' },
      first: { line, character: 0 },
    } satisfies LabellingStart;
  });

  answer(connection, log, WriteLabelSet, async ({ uri, content }) => {
    const { labels } = await look(uri);
    if (labels.path === undefined) throw new RowlightError('bad-argument', 'Save the data as a file first.');
    parseLabelSet(content, LABEL_SET_FILE);
    await disk.writeAtomic(labels.path, content);
    return null;
  });

  answer(connection, log, SetColumns, ({ uri, columns }: { uri: string; columns: ChosenColumns }) => {
    files.setColumns(uri, columns);
    return null;
  });
}

/** Whether the column that was taken for that of the labels holds something else: values, and none of them is one of the classes. */
function speaksOfOther({ set, source }: FileLabels, classes: readonly TypedClass[]): boolean {
  const names = new Set(set.labels.map(({ name }) => name));
  return source === 'values' && names.size > 0 && !classes.some(({ name }) => names.has(name));
}

function samplesOf({ index, text }: DataDocument, columns: FileColumns, column: number): ColumnPreview['samples'] {
  const samples: string[] = [];
  const end = Math.min(index?.rowCount ?? 0, firstRow(columns) + LOOKED_AT);
  for (let row = firstRow(columns); index && row < end && samples.length < SAMPLES; row++) {
    const value = column < index.cellCount(row) ? cellValue(text, index, row, column).trim() : '';
    if (value !== '') samples.push(value.slice(0, 120));
  }
  return samples;
}

/** How a column is named in the file after `shift` columns were put before it: its number where its name is none or stands for two. */
function nameOf(names: readonly string[], column: number, shift: number): string {
  const name = names[column] ?? '';
  const usable = name !== '' && !/^\d+$/.test(name) && names.filter((other) => other === name).length === 1;
  return usable ? name : String(column + shift + 1);
}

function newName(names: readonly string[]): string {
  const wanted = names.some((name) => /\p{sc=Han}/u.test(name)) ? NAMES.chinese : NAMES.other;
  return wanted.find((name) => !names.includes(name)) ?? 'rowlight_label';
}
