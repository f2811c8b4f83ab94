import * as vscode from 'vscode';
import { TrustGranted } from '../protocol/trust';
import type { ClientHolder } from './client-holder';

/**
 * Tells the server when the user trusts the workspace, so that everything is there without a reload. How it was before is in the server's
 * initialization options.
 */
export function followTrust(client: ClientHolder, onGrant: () => void): vscode.Disposable {
  return vscode.workspace.onDidGrantWorkspaceTrust(() => {
    client.notify(TrustGranted, null);
    onGrant();
  });
}

/** The one line that a command is refused with in Restricted Mode. */
export function refusal(): string {
  return vscode.l10n.t('Restricted Mode: trust this workspace to do that.');
}

/** Opens VS Code's own page on the trust of the workspace. */
export async function manageTrust(): Promise<void> {
  await vscode.commands.executeCommand(MANAGE_TRUST);
}

/** VS Code's command for that page. */
export const MANAGE_TRUST = 'workbench.trust.manage';
