import * as vscode from 'vscode';
import { GetRow, StepRow } from '../../protocol/label-acts';
import { NextRow } from '../../protocol/labelling';
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

/** Moves to the next unlabelled row of which the model is least certain. */
export async function nextUncertain(context: Context): Promise<void> {
  const editor = activeDataEditor();
  const from = await rowUnderCursor(context, editor);
  const wish = { uri: uriOf(editor), kind: 'uncertain', except: [from] } as const;
  await arrive(context, editor, await context.client.request(NextRow, wish));
}

async function step(context: Context, back: boolean): Promise<void> {
  const editor = activeDataEditor();
  const from = await rowUnderCursor(context, editor);
  const wish = { uri: uriOf(editor), from, back, unlabelled: true };
  await arrive(context, editor, await context.client.request(StepRow, wish));
}

const uriOf = ({ document }: vscode.TextEditor): string => document.uri.toString();

async function rowUnderCursor({ client }: Context, editor: vscode.TextEditor): Promise<number> {
  const at = { line: editor.selection.active.line };
  const row = await client.request(GetRow, { uri: uriOf(editor), at, wait: false });
  return row?.row ?? 0;
}

/** Puts the cursor into the label cell of a row; in labelling mode the row becomes the current one. */
async function arrive(
  { client, labelling }: Context,
  editor: vscode.TextEditor,
  at: { readonly row: number } | null,
): Promise<void> {
  const { document } = editor;
  const found = at && (await client.request(GetRow, { uri: uriOf(editor), at, wait: false }));
  if (!found) return remark(vscode.l10n.t('No other row is unlabelled.'));
  const { end } = toRange(found.labelRange);
  editor.selection = new vscode.Selection(end, end);
  editor.revealRange(new vscode.Range(end, end), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  await labelling.sessionOf(document)?.push({ kind: 'goto', line: end.line });
}
