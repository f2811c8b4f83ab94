import * as vscode from 'vscode';
import { Commands } from '../../protocol/commands';

/** What a click on the status item offers: the commands. */
export async function showMenu(): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    [
      { label: `$(play) ${vscode.l10n.t('Fine-tune')}`, command: Commands.fineTune },
      { label: `$(list-selection) ${vscode.l10n.t('Use Model…')}`, command: Commands.useModel },
      { label: `$(debug-stop) ${vscode.l10n.t('Cancel Run')}`, command: Commands.cancelRun },
      { label: `$(refresh) ${vscode.l10n.t('Retry Model')}`, command: Commands.retryModel },
      { label: `$(output) ${vscode.l10n.t('Show Log')}`, command: Commands.showLog },
    ],
    { title: 'Rowlight' },
  );
  if (picked) await vscode.commands.executeCommand(picked.command);
}
