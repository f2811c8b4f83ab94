import * as vscode from 'vscode';
import { LANGUAGE_IDS } from '../../protocol/languages';

/** The document of the active editor; throws a line for the user where it isn't a data file. */
export function activeData(): vscode.TextDocument {
  const document = vscode.window.activeTextEditor?.document;
  if (!document || !(LANGUAGE_IDS as readonly string[]).includes(document.languageId)) {
    throw new Error(vscode.l10n.t('Open a TSV or CSV file first.'));
  }
  return document;
}
