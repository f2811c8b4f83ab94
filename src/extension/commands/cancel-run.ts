import * as vscode from 'vscode';
import { CancelRun, ListRuns } from '../../protocol/messages';
import type { Context } from '../context';

/** Stops a running run; asks which where there are several. */
export async function cancelRun({ client }: Context): Promise<void> {
  const running = (await client.request(ListRuns, null)).filter(({ run }) => run.state === 'running');
  if (running.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No run is under way.'));
    return;
  }
  const items = running.map(({ run }) => ({ label: run.id, description: run.data, folder: run.folder }));
  const picked =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Cancel Run') });
  if (picked) await client.request(CancelRun, { folder: picked.folder });
}
