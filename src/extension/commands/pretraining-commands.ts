import * as vscode from 'vscode';
import { MAX_RUN_NAME } from '../../protocol/run-actions';
import { DeletePretraining, type PretrainingProgress, RenamePretraining } from '../../protocol/pretraining';
import { pretrainingName } from '../../report/pretraining/about';
import type { Context } from '../context';
import { isPretrainingRun } from '../pretraining/pretraining-item';

/** The pre-training run that a command was called on: the one of the tree, or, called by a key in the tree, the selected one. */
export function pretrainingOfCommand({ runs }: Context, given: unknown): PretrainingProgress | undefined {
  if (given === 'selected') return runs.selectedPretraining;
  return isPretrainingRun(given) ? given : undefined;
}

/** Gives it a name for people. */
export async function renamePretraining({ client }: Context, run: PretrainingProgress): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Rename Run'),
    prompt: vscode.l10n.t('A name for {0}; empty: the name of its data file', run.id),
    value: run.name ?? '',
    validateInput: (text) =>
      text.trim().length > MAX_RUN_NAME ? vscode.l10n.t('At most {0} characters', MAX_RUN_NAME) : undefined,
  });
  if (name !== undefined) await client.request(RenamePretraining, { folder: run.folder, name });
}

/** Deletes its folder after a confirmation. */
export async function deletePretraining({ client }: Context, run: PretrainingProgress): Promise<void> {
  if (run.state === 'running') return;
  const remove = vscode.l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete the pre-training run "{0}" with its model?', pretrainingName(run)),
    { modal: true, detail: vscode.l10n.t('{0}\nThis cannot be undone. Your data file stays.', run.folder) },
    remove,
  );
  if (answer === remove) await client.request(DeletePretraining, { folder: run.folder });
}
