import * as vscode from 'vscode';
import { ListRuns, type RunProgress } from '../../protocol/messages';
import { ListPretraining, type PretrainingProgress } from '../../protocol/pretraining';
import type { RunState } from '../../protocol/runs';
import { pretrainingName } from '../../report/pretraining/about';
import type { Context } from '../context';
import { pretrainingFacts } from '../pretraining/pretraining-item';

interface Item extends vscode.QuickPickItem {
  readonly folder?: string;
}

/** The run folder that a command's argument names: a path, or anything that has a `folder` (an item of the runs view). */
export function folderOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  const { folder, run } = (argument ?? {}) as { folder?: unknown; run?: unknown };
  if (typeof folder === 'string') return folder;
  return run === undefined ? undefined : folderOf(run);
}

/** Asks for a run of fine-tuning or pre-training, the newest first, or for a folder; undefined where the user leaves. */
export async function pickRun({ client }: Context, title: string): Promise<string | undefined> {
  const [runs, pretraining] = [await client.request(ListRuns, null), await client.request(ListPretraining, null)];
  const items: Item[] = [
    ...runs.map(itemOf),
    ...pretraining.map(pretrainingItemOf),
    { label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`, alwaysShow: true },
  ];
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true });
  if (!picked || picked.folder !== undefined) return picked?.folder;
  const folders = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, title });
  return folders?.[0]?.fsPath;
}

const ICONS: Record<RunState, string> = {
  running: 'sync~spin',
  finished: 'pass',
  interrupted: 'debug-disconnect',
  failed: 'error',
  cancelled: 'circle-slash',
};

function itemOf({ run }: RunProgress): Item {
  const { scores } = run;
  const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;
  return {
    label: `$(${ICONS[run.state]}) ${run.id}`,
    description: vscode.workspace.asRelativePath(run.data),
    ...(scores
      ? { detail: vscode.l10n.t('accuracy {0}, macro F1 {1}', percent(scores.accuracy), percent(scores.macroF1)) }
      : {}),
    folder: run.folder,
  };
}

function pretrainingItemOf(run: PretrainingProgress): Item {
  return {
    label: `$(${ICONS[run.state]}) ${run.id}`,
    description: pretrainingName(run),
    detail: pretrainingFacts(run).join(' · '),
    folder: run.folder,
  };
}
