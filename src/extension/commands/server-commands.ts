import * as vscode from 'vscode';
import type { Context } from '../context';
import { namedServer } from '../server-access';

/** Asks for the key of the server that the setting names. */
export async function setServerKey({ server }: Context): Promise<void> {
  const address = namedServer();
  if (!address) return void vscode.window.showInformationMessage(noServer());
  await server.askKey(address.root, vscode.l10n.t('Key of {0}', address.host));
}

/** Takes back that rows may be sent to servers, and deletes their keys. */
export async function forgetServer({ server }: Context): Promise<void> {
  const address = namedServer();
  const gone = new Set(await server.permissions.forget());
  // Its key may be there although nothing was allowed.
  if (address) for (const root of await server.permissions.forget(address.root)) gone.add(root);
  const text = gone.size === 0 ? vscode.l10n.t('No server had been allowed.') : vscode.l10n.t('Forgotten: {0}. Nothing more is sent there.', [...gone].join(', ')); // prettier-ignore
  void vscode.window.showInformationMessage(text);
}

function noServer(): string {
  return vscode.l10n.t('No server is named: write its address into the setting {0}.', 'rowlight.server');
}
