import * as vscode from 'vscode';
import { Commands, COMMANDS_NEEDING_TRUST } from '../../protocol/commands';
import { namedServer } from '../server-access';
import { MANAGE_TRUST } from '../restricted-mode';

/** What a click on the status item offers: the commands that can be used now. */
export async function showMenu(): Promise<void> {
  const ofServer = [
    { label: `$(key) ${vscode.l10n.t('Set Server Key…')}`, command: Commands.setServerKey },
    { label: `$(circle-slash) ${vscode.l10n.t('Forget Server')}`, command: Commands.forgetServer },
  ];
  const items = [
    { label: `$(play) ${vscode.l10n.t('Fine-tune')}`, command: Commands.fineTune },
    { label: `$(list-selection) ${vscode.l10n.t('Use Model…')}`, command: Commands.useModel },
    { label: `$(graph) ${vscode.l10n.t('Show Metrics')}`, command: Commands.showMetrics },
    { label: `$(debug-stop) ${vscode.l10n.t('Cancel Run')}`, command: Commands.cancelRun },
    { label: `$(refresh) ${vscode.l10n.t('Retry Model')}`, command: Commands.retryModel },
    ...(namedServer() ? ofServer : []),
    { label: `$(output) ${vscode.l10n.t('Show Log')}`, command: Commands.showLog },
  ];
  const trust = { label: `$(shield) ${vscode.l10n.t('Manage Workspace Trust')}`, command: MANAGE_TRUST };
  const usable = vscode.workspace.isTrusted
    ? items
    : [trust, ...items.filter(({ command }) => !COMMANDS_NEEDING_TRUST.has(command))];
  const picked = await vscode.window.showQuickPick(usable, { title: 'Rowlight' });
  if (picked) await vscode.commands.executeCommand(picked.command);
}
