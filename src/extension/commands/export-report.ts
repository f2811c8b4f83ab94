import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { FollowMetrics, UnfollowMetrics, WriteReport } from '../../protocol/metrics';
import type { Context } from '../context';
import { folderOf, pickRun } from './pick-run';

/**
 * Writes the report of a run as one HTML file: of the run that the argument names, of the page in front, else the user picks one. VS Code's own dialog
 * asks before a file is replaced.
 */
export async function exportReport(context: Context, argument?: unknown): Promise<void> {
  const { client, metrics } = context;
  const title = vscode.l10n.t('Export Report');
  const folder = folderOf(argument) ?? metrics.active ?? (await pickRun(context, title));
  if (folder === undefined) return;
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(await suggestion(context, folder)),
    filters: { HTML: ['html'] },
  });
  if (!target) return;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Writing the report…') },
    () => client.request(WriteReport, { folder, output: target.fsPath }),
  );
  const open = vscode.l10n.t('Open');
  const message = vscode.l10n.t('Report written to {0}.', vscode.workspace.asRelativePath(target));
  if ((await vscode.window.showInformationMessage(message, open)) === open) await openReport(target);
}

/** `DATA-report-RUN.html` beside the data. */
async function suggestion({ client, metrics }: Context, folder: string): Promise<string> {
  const shown = await client.request(FollowMetrics, { folder });
  if (!metrics.shows(folder)) client.notify(UnfollowMetrics, { folder });
  const { run } = shown;
  // The folder of a pre-training run lies in the workspace; its texts may lie anywhere.
  const data = typeof run.data === 'string' ? run.data : join(dirname(run.folder), run.data[0] ?? 'pretraining');
  const root = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(data))?.uri.fsPath ?? dirname(data);
  return join(root, `${basename(data, extname(data))}-report-${run.id}.html`);
}

/** In the browser of the machine that shows the editor, where it can be reached from there; else as text. */
async function openReport(file: vscode.Uri): Promise<void> {
  const here = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  if (here) await vscode.env.openExternal(file);
  else await vscode.window.showTextDocument(file);
}
