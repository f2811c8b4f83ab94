import * as vscode from 'vscode';
import type { Context } from '../context';
import { folderOf, pickRun } from './pick-run';

/** Opens the metrics page of a run: of the one that the argument names, else the user picks one. */
export async function showMetrics(context: Context, argument?: unknown): Promise<void> {
  const folder = folderOf(argument) ?? (await pickRun(context, vscode.l10n.t('Show Metrics')));
  if (folder !== undefined) context.metrics.show(folder);
}
