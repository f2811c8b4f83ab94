import type { Connection } from 'vscode-languageserver';
import { StepRow } from '../../protocol/label-acts';
import type { FileColumns } from '../data/file-columns';
import type { DataDocument } from './documents';
import { firstRow, rowView } from './file-view';
import type { LabelRowParts } from './label-row';
import { columnsOf } from './label-rows';
import { inSlices } from './slices';
import { answer } from './wire';

/** Answers the next or previous row of data, or the next or previous one without a label. */
export function registerLabelSteps(
  connection: Connection,
  { documents, files, log }: Pick<LabelRowParts, 'documents' | 'files' | 'log'>,
): void {
  answer(connection, log, StepRow, async ({ uri, from, back, unlabelled }, { signal }) => {
    const state = await files.get(uri);
    const document = documents.get(uri);
    if (!document?.index) return null;
    const step = back ? -1 : 1;
    return inSlices(search(document, columnsOf(state), from, step, unlabelled), signal);
  });
}

function* search(
  document: DataDocument,
  columns: FileColumns,
  from: number,
  step: 1 | -1,
  unlabelled: boolean,
): Generator<void, { readonly row: number } | null> {
  const first = firstRow(columns);
  for (let row = from + step, turns = 0; ; row += step) {
    if (row % 512 === 0) yield;
    const count = document.index?.rowCount ?? 0;
    if (row < first || row >= count) {
      // Round the end once, up to the row that was left.
      if (!unlabelled || turns++ > 0) return null;
      row = step < 0 ? count : first - 1;
      continue;
    }
    if (turns > 0 && (step < 0 ? row <= from : row >= from)) return null;
    const view = rowView(document, columns, row);
    if (view && (!unlabelled || view.label === undefined)) return { row };
  }
}
