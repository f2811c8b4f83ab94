import * as vscode from 'vscode';
import { MOST_COMPARED } from '../../protocol/comparison';
import { ListRuns, type RunProgress } from '../../protocol/messages';
import type { RunSummary } from '../../protocol/runs';
import type { Context } from '../context';
import { runDescription, runName } from '../runs/run-item';
import { folderOf } from './pick-run';

/**
 * Opens the comparison of runs: of those that are selected in the tree (`selected` is what VS Code hands over beside the clicked one), else of those that
 * the user picks. The oldest is what the others are held against.
 */
export async function compareRuns(context: Context, _clicked?: unknown, selected?: unknown): Promise<void> {
  const clicked = Array.isArray(selected) ? selected : [];
  const folders = clicked.flatMap((one) => folderOf(one) ?? []);
  const listed = await context.client.request(ListRuns, null);
  const chosen = folders.length > 1 ? listed.filter(({ run }) => folders.includes(run.folder)) : await pick(listed);
  if (!chosen || chosen.length === 0) return;
  if (chosen.length < 2 || chosen.length > MOST_COMPARED)
    throw new Error(vscode.l10n.t('Choose two to {0} runs to compare.', MOST_COMPARED));
  const runs: readonly RunSummary[] = chosen.map(({ run }) => run);
  const oldestFirst = [...runs].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  context.comparisons.show(oldestFirst.map(({ folder }) => folder));
}

async function pick(listed: readonly RunProgress[]): Promise<readonly RunProgress[] | undefined> {
  const judged = listed.filter(({ run }) => run.scores !== undefined);
  if (judged.length < 2) throw new Error(vscode.l10n.t('There are no two runs with scores to compare yet.'));
  const items = judged.map((progress) => ({
    label: runName(progress.run),
    description: runDescription(progress),
    detail: progress.run.id,
    progress,
  }));
  const title = vscode.l10n.t('Compare Runs');
  const options = { title, canPickMany: true as const, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.map(({ progress }) => progress);
}
