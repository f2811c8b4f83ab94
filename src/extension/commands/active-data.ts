import * as vscode from 'vscode';
import { LANGUAGE_IDS } from '../../protocol/languages';

/** The document of the active editor where it is a data file. */
export function activeDataFile(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && (LANGUAGE_IDS as readonly string[]).includes(document.languageId) ? document : undefined;
}

/** The document of the active editor; throws a line for the user where it isn't a data file. */
export function activeData(): vscode.TextDocument {
  return activeDataEditor().document;
}

/** The active editor; throws a line for the user where it shows no data file. */
export function activeDataEditor(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !(LANGUAGE_IDS as readonly string[]).includes(editor.document.languageId)) {
    throw new Error(vscode.l10n.t('Open a TSV or CSV file first.'));
  }
  return editor;
}
