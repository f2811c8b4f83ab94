import * as vscode from 'vscode';
import { remark } from './notes';
import { isOwnEdit } from './own-edits';

/**
 * Takes back, at once, every edit of a document that is neither an act of labelling nor an undo or redo: text that is dragged, lines that a
 * command deletes, what a menu pastes. Keys and typing are held back before they edit (`typing.ts`); this is for what has no key.
 */
export function guardLabels(document: vscode.TextDocument): vscode.Disposable {
  /** What a save rewrites is left as it is: it would be rewritten again and again. */
  let saving = false;
  /** The last change left the document clean: it came from the disk, unless the document is said to be dirty next. */
  let doubtful = false;

  function changed({ contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    const told = contentChanges.length === 0;
    const foreign = told ? doubtful : reason === undefined && !saving && !isOwnEdit(document);
    doubtful = foreign && !document.isDirty;
    if (foreign && document.isDirty) takeBack();
  }

  function takeBack(): void {
    // Undo is the active editor's.
    if (vscode.window.activeTextEditor?.document !== document) return;
    // Sent before the mode asks for anything: no act of labelling comes between.
    void vscode.commands.executeCommand('undo');
    remark(vscode.l10n.t('In labelling mode only labels change, by its keys and commands. Esc ends it.'));
  }

  const { onDidChangeTextDocument, onWillSaveTextDocument, onDidSaveTextDocument } = vscode.workspace;
  return vscode.Disposable.from(
    onDidChangeTextDocument((event) => {
      if (event.document === document) changed(event);
    }),
    onWillSaveTextDocument((event) => {
      if (event.document === document) saving = true;
    }),
    onDidSaveTextDocument((saved) => {
      if (saved === document) saving = false;
    }),
  );
}
