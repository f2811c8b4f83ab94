import * as vscode from 'vscode';
import { ListRuns, type RunProgress } from '../../protocol/messages';
import type { RunSummary } from '../../protocol/runs';
import type { Context } from '../context';
import { runDescription, runName } from '../runs/run-item';

/**
 * The run that a command is about: the one of the tree that it was called on; else, called by a key in the tree, the selected one; else one
 * that the user picks among those for which `fits` says yes. Undefined where the user leaves; throws a line where there is none to pick.
 */
export async function runOfCommand(
  { client, runs }: Context,
  given: unknown,
  title: string,
  fits: (run: RunSummary) => boolean,
): Promise<RunSummary | undefined> {
  if (isProgress(given)) return given.run;
  if (given === 'selected') return runs.selected && fits(runs.selected.run) ? runs.selected.run : undefined;
  const found = (await client.request(ListRuns, null)).filter(({ run }) => fits(run));
  if (found.length === 0) throw new Error(vscode.l10n.t('There is no run to do that with.'));
  const items = found.map((progress) => ({
    label: runName(progress.run),
    description: runDescription(progress),
    detail: progress.run.id,
    run: progress.run,
  }));
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.run;
}

function isProgress(value: unknown): value is RunProgress {
  return typeof value === 'object' && value !== null && 'run' in value;
}
