import * as vscode from 'vscode';
import { PlanRun, StartRun, type RunArguments, type RunPlan } from '../../protocol/messages';
import type { Context } from '../context';
import { activeData } from './active-data';
import { changeArguments } from './run-arguments';

/** Fine-tunes on the active file: shows what would be done, lets the numbers and the base be changed, starts. */
export async function fineTune({ client }: Context): Promise<void> {
  const document = activeData();
  if (document.isUntitled) throw new Error(vscode.l10n.t('Save the data as a file first.'));
  // The trainer reads the file from the disk.
  if (document.isDirty && !(await document.save())) return;
  const uri = document.uri.toString();
  let plan = await client.request(PlanRun, { uri });
  let chosen = plan.recommended;
  for (;;) {
    const answer = await confirm(plan, chosen);
    if (answer === undefined) return;
    if (answer === 'start') break;
    if (answer === 'base') {
      const base = await browseBase();
      if (base === undefined) continue;
      plan = await client.request(PlanRun, { uri, base });
      chosen = plan.recommended;
    } else chosen = (await changeArguments(chosen)) ?? chosen;
  }
  await client.request(StartRun, { uri, plan, arguments: chosen });
}

type Answer = 'start' | 'change' | 'base';

async function confirm(plan: RunPlan, chosen: RunArguments): Promise<Answer | undefined> {
  const { epochs, learningRate, maxLength, batchSize } = chosen;
  const numbers = vscode.l10n.t(
    'epochs {0}, learning rate {1}, length {2}, batch size {3}',
    epochs,
    learningRate,
    maxLength,
    batchSize,
  );
  const rows = vscode.l10n.t(
    '{0} labelled rows, {1} labels, {2} unlabelled',
    plan.labelled,
    plan.labels,
    plan.unlabelled,
  );
  const items: (vscode.QuickPickItem & { answer: Answer })[] = [
    {
      label: `$(play) ${vscode.l10n.t('Start')}`,
      description: numbers,
      detail: `${plan.labelColumn} ← ${plan.textColumn} · ${rows}`,
      answer: 'start',
    },
    { label: `$(edit) ${vscode.l10n.t('Change…')}`, description: numbers, answer: 'change' },
    { label: `$(package) ${vscode.l10n.t('Base model…')}`, description: plan.baseName, answer: 'base' },
  ];
  const title = vscode.l10n.t('Fine-tune on {0}', vscode.workspace.asRelativePath(plan.data));
  return (await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true }))?.answer;
}

async function browseBase(): Promise<string | undefined> {
  const folders = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    title: vscode.l10n.t('A Hugging Face BERT folder or a run'),
  });
  return folders?.[0]?.fsPath;
}
