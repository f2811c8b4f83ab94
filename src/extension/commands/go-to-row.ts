import * as vscode from 'vscode';
import { GetRow, StepRow } from '../../protocol/label-acts';
import type { Context } from '../context';
import { toRange } from '../labelling/apply-act';
import { remark } from '../labelling/notes';
import { activeDataEditor } from './active-data';

/** Moves to the next row without a label, going on at the start of the file. */
export async function nextUnlabelled(context: Context): Promise<void> {
  await step(context, false);
}

/** Moves to the previous row without a label, going on at the end of the file. */
export async function previousUnlabelled(context: Context): Promise<void> {
  await step(context, true);
}

/** Moves to the unlabelled row whose prediction is least certain. */
export async function nextUncertain(context: Context): Promise<void> {
  await step(context, false);
}

async function step(context: Context, back: boolean): Promise<void> {
  const editor = activeDataEditor();
  const uri = editor.document.uri.toString();
  const from = await rowUnderCursor(context, editor);
  const next = await context.client.request(StepRow, { uri, from, back, unlabelled: true });
  if (next) await goTo(context, editor, next.row);
  else remark(vscode.l10n.t('No other row is unlabelled.'));
}

async function rowUnderCursor({ client }: Context, { document, selection }: vscode.TextEditor): Promise<number> {
  const at = { line: selection.active.line };
  const row = await client.request(GetRow, { uri: document.uri.toString(), at, wait: false });
  return row?.row ?? 0;
}

/** Puts the cursor into the label cell of a row; in labelling mode the row becomes the current one. */
async function goTo({ client, labelling }: Context, editor: vscode.TextEditor, row: number): Promise<void> {
  const { document } = editor;
  const found = await client.request(GetRow, { uri: document.uri.toString(), at: { row }, wait: false });
  if (!found) return;
  const { end } = toRange(found.labelRange);
  editor.selection = new vscode.Selection(end, end);
  editor.revealRange(new vscode.Range(end, end), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  await labelling.sessionOf(document)?.push({ kind: 'goto', line: end.line });
}
