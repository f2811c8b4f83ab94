import * as vscode from 'vscode';
import type { LabelEdits } from '../../protocol/label-acts';
import type { Context } from '../context';
import { applyAct, selectedLines } from '../labelling/apply-act';
import { remark } from '../labelling/notes';
import { activeDataEditor } from './active-data';

/** Gives each row that has a cursor or a part of a selection in it the label that is predicted for it. */
export async function acceptPrediction({ client }: Context): Promise<void> {
  const editor = activeDataEditor();
  tell(await applyAct(client, editor, () => ({ kind: 'accept', lines: selectedLines(editor) })));
}

/** Empties the label cells of those rows. */
export async function clearLabel({ client }: Context): Promise<void> {
  const editor = activeDataEditor();
  tell(await applyAct(client, editor, () => ({ kind: 'clear', lines: selectedLines(editor) })));
}

/** Says what an act did, for a moment. */
export function tell({ edits, replaced, unpredicted }: LabelEdits): void {
  const parts = [vscode.l10n.t('{0} label cells changed', edits.length)];
  if (replaced > 0) parts.push(vscode.l10n.t('{0} of them had another label', replaced));
  if (unpredicted > 0) parts.push(vscode.l10n.t('{0} rows have no prediction', unpredicted));
  remark(parts.join(', '));
}
