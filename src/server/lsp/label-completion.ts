import {
  CompletionItemKind,
  type CompletionItem,
  type CompletionList,
  type CompletionParams,
  type Connection,
  type ServerCapabilities,
} from 'vscode-languageserver';
import type { LabelChoice } from '../../protocol/label-acts';
import { setCell } from '../data/cell-edit';
import type { FileColumns } from '../data/file-columns';
import { cellValue } from '../data/scanner';
import { cellAt, firstRow, rowView } from './file-view';
import type { DataDocument } from './documents';
import { handler } from './handler';
import { percent } from './hint-text';
import { choicesOf } from './label-choices';
import type { LabelRowParts } from './label-row';
import { writtenLabel } from './label-rows';

/** Milliseconds that a list waits for the row's prediction: it is ordered by it, but nobody waits for a list. */
const WAIT = 200;

const NONE: CompletionList = { isIncomplete: false, items: [] };

/** Completion in label cells: the labels of the file, the most probable first, each taking the place of the whole cell. Elsewhere nothing. */
export function registerLabelCompletion(connection: Connection, parts: LabelRowParts): ServerCapabilities {
  const { documents, files, predictions, labelSets, log } = parts;

  connection.onCompletion(
    handler<CompletionParams, CompletionList>(
      log,
      'completion',
      NONE,
      async ({ textDocument: { uri }, position }, { signal }) => {
        const state = await files.get(uri);
        const document = documents.get(uri);
        if (!document?.index || !state?.columns) return NONE;
        const { columns } = state;
        const { version } = document;
        const offset = document.lines.offsetAt(position);
        const row = document.index.rowAt(offset);
        if (row < firstRow(columns) || cellAt(document.index, row, offset) !== columns.label) return NONE;
        const known = state.kind === 'predicted' ? predictions.labels(state) : [];
        const view = rowView(document, columns, row);
        if (state.kind === 'predicted' && view) {
          const ready = predictions.want(state, [view.input], 'hover', signal).catch(() => undefined);
          await Promise.race([ready, new Promise((resolve) => setTimeout(resolve, WAIT).unref())]);
        }
        const labels = await labelSets.of(document, columns, known);
        if (document.version !== version) return NONE;
        const prediction = state.kind === 'predicted' && view ? predictions.get(state, view.input) : undefined;
        return {
          isIncomplete: false,
          items: itemsOf(document, columns, row, offset, choicesOf(labels, known, prediction)),
        };
      },
    ),
  );

  return { completionProvider: { triggerCharacters: ['\t', ',', '"'] } };
}

function itemsOf(
  document: DataDocument,
  columns: FileColumns,
  row: number,
  offset: number,
  choices: readonly LabelChoice[],
): CompletionItem[] {
  const { index, lines, text } = document;
  const column = columns.label;
  if (!index || column === undefined) return [];
  const [start, end] = [index.cellStart(row, column), index.cellEnd(row, column)];
  const range = { start: lines.positionAt(start), end: lines.positionAt(end) };
  // The editor takes no completion over several lines.
  if (range.start.line !== range.end.line) return [];
  const given = cellValue(text, index, row, column).trim();
  // In a cell that holds a whole label the others are offered too: nobody would look for them by its letters.
  const whole = choices.some(({ name }) => name === given) ? text.slice(start, offset) : undefined;
  return choices.map(({ name, description, key, probability }, at) => {
    const edit = setCell(text, index, row, column, writtenLabel(document, columns, name));
    const newText = edit?.text ?? text.slice(start, end);
    const detail = [probability === undefined ? undefined : percent(probability), key].filter(Boolean).join(' · ');
    return {
      label: name,
      kind: CompletionItemKind.EnumMember,
      sortText: String(at).padStart(4, '0'),
      filterText: whole ?? (text[start] === '"' ? `"${name}` : name),
      textEdit: { range, newText },
      ...(detail === '' ? {} : { labelDetails: { description: detail } }),
      ...(description === undefined ? {} : { documentation: description }),
      ...(at === 0 && probability !== undefined ? { preselect: true } : {}),
    };
  });
}
