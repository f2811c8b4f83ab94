import type { Connection } from 'vscode-languageserver';
import { StepRow } from '../../protocol/label-acts';
import { firstRow, rowView } from './file-view';
import type { LabelRowParts } from './label-row';
import { columnsOf } from './label-rows';
import { answer } from './wire';

/** Milliseconds that a search may hold the event loop before it yields. */
const BREATH = 8;

/** Answers the next or previous row of data, or the next or previous one without a label. */
export function registerLabelSteps(
  connection: Connection,
  { documents, files, log }: Pick<LabelRowParts, 'documents' | 'files' | 'log'>,
): void {
  answer(connection, log, StepRow, async ({ uri, from, back, unlabelled }, { signal }) => {
    const state = await files.get(uri);
    const document = documents.get(uri);
    if (!document?.index) return null;
    const columns = columnsOf(state);
    let begun = performance.now();
    const step = back ? -1 : 1;
    const first = firstRow(columns);
    for (let row = from + step, turns = 0; !signal.aborted; row += step) {
      const count = document.index.rowCount;
      if (row < first || row >= count) {
        // Round the end once, up to the row that was left.
        if (!unlabelled || turns++ > 0) return null;
        row = back ? count : first - 1;
        continue;
      }
      if (turns > 0 && (back ? row <= from : row >= from)) return null;
      const view = rowView(document, columns, row);
      if (view && (!unlabelled || view.label === undefined)) return { row };
      if (row % 512 !== 0 || performance.now() - begun <= BREATH) continue;
      await new Promise((resolve) => setImmediate(resolve));
      begun = performance.now();
    }
    return null;
  });
}
