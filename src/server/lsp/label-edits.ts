import type { Connection } from 'vscode-languageserver';
import { GetLabelEdits, type LabelAct, type LabelEdits, type RangeEdit } from '../../protocol/label-acts';
import type { FileColumns } from '../data/file-columns';
import { joinLabels, splitLabels } from '../data/multi-label';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { AcceptableRows } from './acceptable-rows';
import type { DataDocument, Documents } from './documents';
import type { FilePredictions } from './file-predictions';
import type { FileState, FileStates } from './file-states';
import { rowView, type RowView } from './file-view';
import { columnsOf, delimiterOf, labelEdit, rowsOn, writtenLabel } from './label-rows';
import { answer } from './wire';

/** What acts are computed from. */
export interface LabelEditParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly predictions: FilePredictions;
  readonly acceptable: AcceptableRows;
  readonly log: Log;
}

/** Answers the edits of labelling acts; the client applies them to the version that they were computed for and to no other. */
export function registerLabelEdits(connection: Connection, parts: LabelEditParts): void {
  const { documents, files, predictions, acceptable, log } = parts;

  answer(connection, log, GetLabelEdits, async ({ uri, version, act }, { signal }) => {
    const state = await files.get(uri);
    const document = documents.get(uri);
    const columns = columnsOf(state);
    if (!document || document.version !== version) return null;
    const named = act.kind === 'acceptAbove' ? [] : rowsOn(document, columns, act.lines);
    if (act.kind === 'accept') await predict(uri, state, named, signal);
    // An edit while we waited.
    if (document.version !== version) return null;
    return editsOf(
      document,
      columns,
      act.kind === 'acceptAbove' ? rowsAbove(document, columns, act) : wished(state, named, act),
    );
  });

  async function predict(
    uri: string,
    state: FileState | undefined,
    rows: readonly RowView[],
    signal: AbortSignal,
  ): Promise<void> {
    if (state?.kind !== 'predicted') throw new RowlightError('bad-argument', 'Nothing predicts this file yet.');
    const inputs = rows.map((row) => row.input);
    await predictions.want(state, inputs, 'visible', signal).catch((error: unknown) => {
      if (!RowlightError.is(error, 'cancelled')) files.failed(uri, state, error);
      throw error;
    });
  }

  /** What each named row is to say; undefined where nothing is predicted for it. */
  function wished(
    state: FileState | undefined,
    rows: readonly RowView[],
    act: Exclude<LabelAct, { kind: 'acceptAbove' }>,
  ): Wish[] {
    switch (act.kind) {
      case 'set':
        return rows.map((row) => ({
          row,
          label: act.whole ? act.label.trim() : setLabel(state, row.label, act.label.trim()),
        }));
      case 'clear':
        return rows.map((row) => ({ row, label: '' }));
      case 'accept':
        return rows.map((row) => ({
          row,
          label: state?.kind === 'predicted' ? predictions.get(state, row.input)?.label : undefined,
        }));
    }
  }

  /** The unlabelled rows above a threshold, by the predictions that were counted for this very version. */
  function rowsAbove(document: DataDocument, columns: FileColumns, { probability }: { probability: number }): Wish[] {
    return acceptable.above(document, probability).flatMap(({ row, label }) => {
      const view = rowView(document, columns, row);
      return view && view.label === undefined ? [{ row: view, label }] : [];
    });
  }
}

/** What a row says once a label is set: that label, or, of several labels a row, those that it had with this one added, or taken away if it was there. */
function setLabel(state: FileState | undefined, given: string | undefined, label: string): string {
  const delimiter = delimiterOf(state);
  if (state?.kind !== 'predicted' || state.by !== 'model' || delimiter === undefined) return label;
  const { labels } = state.card;
  if (label.includes(delimiter)) return label;
  const own = splitLabels(given ?? '', { delimiter });
  const next = own.includes(label) ? own.filter((one) => one !== label) : [...own, label];
  return joinLabels(next, [...new Set([...labels, ...next])], { delimiter });
}

interface Wish {
  readonly row: RowView;
  readonly label: string | undefined;
}

function editsOf(document: DataDocument, columns: FileColumns, wishes: readonly Wish[]): LabelEdits {
  const edits: RangeEdit[] = [];
  const written = new Map<string, string>();
  let [replaced, unpredicted] = [0, 0];
  for (const { row, label } of wishes) {
    if (label === undefined) {
      unpredicted++;
      continue;
    }
    // The given label is compared as people read it: by name, and without blanks around it.
    if (label === (row.label ?? '') && label !== '') continue;
    let value = written.get(label);
    if (value === undefined) written.set(label, (value = label === '' ? '' : writtenLabel(document, columns, label)));
    const edit = labelEdit(document, columns, row.row, value);
    if (!edit) continue;
    edits.push(edit);
    if (row.label !== undefined) replaced++;
  }
  return { version: document.version, edits, replaced, unpredicted };
}
