import * as vscode from 'vscode';
import type { ServedStatus } from '../protocol/server-access';

/** What the status item says of a server that does not answer now: some words, and a line with the remedy. */
export interface ServedTrouble {
  readonly text: string;
  readonly line: string;
}

/** Undefined where all is well. */
export function servedTrouble({ host, state, message = '' }: ServedStatus): ServedTrouble | undefined {
  switch (state) {
    case 'ready':
      return undefined;
    case 'connecting':
      return { text: vscode.l10n.t('{0}…', host), line: vscode.l10n.t('{0} is asked for its model.', host) };
    case 'consent':
      return {
        text: vscode.l10n.t('{0}: not allowed', host),
        line: vscode.l10n.t(
          '{0} is not used: you have not allowed to send rows there. "Rowlight: Retry Model" asks again.',
          host,
        ),
      };
    case 'key':
      return {
        text: vscode.l10n.t('{0}: key?', host),
        line: vscode.l10n.t('{0} wants a key, or another one: run "Rowlight: Set Server Key…".', host),
      };
    case 'busy':
      return {
        text: vscode.l10n.t('{0}: busy', host),
        line: vscode.l10n.t('{0} is busy and is asked again by itself. {1}', host, message),
      };
    case 'unreachable':
      return {
        text: vscode.l10n.t('{0}: unreachable', host),
        line: vscode.l10n.t(
          '{0} can not be reached ({1}). It is tried again by itself; "Rowlight: Retry Model" does so at once.',
          host,
          message,
        ),
      };
    case 'certificate':
      return { text: vscode.l10n.t('{0}: certificate', host), line: `${host}: ${message}` };
    case 'malformed':
      return {
        text: vscode.l10n.t('{0}: no Rowlight', host),
        line: vscode.l10n.t('What answers at {0} is no "rowlight serve". {1}', host, message),
      };
    case 'refused':
      return {
        text: vscode.l10n.t('{0}: refused', host),
        line: vscode.l10n.t('{0} refuses to answer. {1}', host, message),
      };
  }
}

/** For a file that the model of a server is not meant for. */
export function unfit({ host }: ServedStatus): string {
  return vscode.l10n.t(
    'The model of {0} is not used here: it knows no label of this file, or it was trained on other columns.',
    host,
  );
}
