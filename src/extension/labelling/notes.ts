import * as vscode from 'vscode';
import { showFailure } from '../commands/registry';
import type { SessionNote } from './session';

/** Milliseconds that a passing remark stands in the status bar. */
const REMARK = 4000;

/** Tells the labeller why an act was not done: passing remarks in the status bar, since hands stay on the keys; failures as a message. */
export function sayNote(note: SessionNote, log: vscode.LogOutputChannel): void {
  switch (note.kind) {
    case 'no-such-key':
      remark(vscode.l10n.t('No label has the key {0}.', note.key));
      break;
    case 'not-predicted':
      remark(vscode.l10n.t('Nothing is predicted for this row.'));
      break;
    case 'stale':
      remark(vscode.l10n.t('The file changed meanwhile; nothing was labelled. Press the key again.'));
      break;
    case 'all-done':
      void vscode.window.showInformationMessage(vscode.l10n.t('No unlabelled row is left.'));
      break;
    case 'failed':
      log.error(`labelling: ${note.message}`);
      void showFailure(note.message);
      break;
  }
}

/** Shows a line in the status bar for a moment. */
export function remark(text: string): void {
  vscode.window.setStatusBarMessage(`$(info) ${text}`, REMARK);
}
