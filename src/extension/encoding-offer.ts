import * as vscode from 'vscode';
import { REOPEN_WITH_ENCODING } from '../protocol/commands';
import type { MisreadFile } from '../protocol/encoding';
import { showFailure } from './commands/registry';

/** The editor's ids and names of the encodings that the server tells; `TextDocument.encoding` has such an id. */
const ENCODINGS: Readonly<Record<string, { readonly id: string; readonly name: string }>> = {
  'utf-8': { id: 'utf8', name: 'UTF-8' },
  'utf-16le': { id: 'utf16le', name: 'UTF-16 LE' },
  'utf-16be': { id: 'utf16be', name: 'UTF-16 BE' },
  gb18030: { id: 'gb18030', name: 'GB18030' },
  big5: { id: 'big5hkscs', name: 'Big5' },
};

/** Offers, once a file, to reopen a document in the encoding that its bytes are in. Nothing is ever converted without being asked for. */
export async function offerReopening({ uri, encoding }: MisreadFile): Promise<void> {
  const known = ENCODINGS[encoding];
  if (!known) return;
  const file = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
  const button = vscode.l10n.t('Reopen as {0}', known.name);
  const message = vscode.l10n.t(
    '{0} is written in {1} but was opened in another encoding, so its text is wrong. Saving it like this would lose text.',
    file,
    known.name,
  );
  if ((await vscode.window.showWarningMessage(message, button)) === button) await reopen(uri, encoding);
}

/** Registers the command behind the quick fix. */
export function registerReopening(): vscode.Disposable {
  return vscode.commands.registerCommand(REOPEN_WITH_ENCODING, (uri: string, encoding: string) =>
    reopen(uri, encoding),
  );
}

async function reopen(uri: string, encoding: string): Promise<void> {
  const known = ENCODINGS[encoding];
  if (!known) return;
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  if (document?.isDirty) {
    void showFailure(vscode.l10n.t('The file has unsaved changes. Undo them first: reopening would lose them.'));
    return;
  }
  try {
    const reopened = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri), { encoding: known.id });
    await vscode.window.showTextDocument(reopened);
  } catch (error) {
    void showFailure(error instanceof Error ? error.message : String(error));
  }
}
