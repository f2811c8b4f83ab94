import * as vscode from 'vscode';
import { GetLabelEdits, type LabelAct, type LabelEdits, type Lines, type RangeEdit } from '../../protocol/label-acts';
import type { ClientHolder } from '../client-holder';
import { ownEdit } from './own-edits';

/** A range of the protocol as the editor has it. */
export function toRange({ start, end }: RangeEdit['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** The lines that the selections of an editor touch. One that ends at the start of a line doesn't touch that line. */
export function selectedLines({ selections }: vscode.TextEditor): Lines[] {
  return selections.map(({ start, end }) => [
    start.line,
    end.character === 0 && end.line > start.line ? end.line - 1 : end.line,
  ]);
}

/** Applies edits to the version that they were computed for, as one undo step; false where the document has moved on. */
export async function applyEdits(
  editor: vscode.TextEditor,
  edits: readonly RangeEdit[],
  version: number,
): Promise<boolean> {
  // The editor refuses by itself what comes for a version that its own text has left meanwhile.
  if (editor.document.version !== version) return false;
  return ownEdit(editor.document, () =>
    editor.edit((builder) => {
      for (const { range, text } of edits) builder.replace(toRange(range), text);
    }),
  );
}

/**
 * Does an act to the document of an editor: asks for its edits, and once more where the document changed in between.
 * @param act what to do to the document as it is now: its lines may have moved since the last try
 */
export async function applyAct(
  client: ClientHolder,
  editor: vscode.TextEditor,
  act: () => LabelAct,
): Promise<LabelEdits> {
  const { document } = editor;
  for (let tries = 0; tries < 2; tries++) {
    const { version } = document;
    const answer = await client.request(GetLabelEdits, { uri: document.uri.toString(), version, act: act() });
    if (!answer) continue;
    if (answer.edits.length === 0 || (await applyEdits(editor, answer.edits, answer.version))) return answer;
  }
  throw new Error(vscode.l10n.t('The file changed meanwhile; nothing was labelled. Try again.'));
}
