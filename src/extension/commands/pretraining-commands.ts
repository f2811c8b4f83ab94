import * as vscode from 'vscode';
import { DeletePretraining, type PretrainingProgress, RenamePretraining } from '../../protocol/pretraining';
import { pretrainingName } from '../../report/pretraining/about';
import type { Context } from '../context';
import { isPretrainingRun } from '../pretraining/pretraining-item';
import { askRunName, confirmDeletion } from './run-questions';

/** The pre-training run that a command was called on: the one of the tree, or, called by a key in the tree, the selected one. */
export function pretrainingOfCommand({ runs }: Context, given: unknown): PretrainingProgress | undefined {
  if (given === 'selected') return runs.selectedPretraining;
  return isPretrainingRun(given) ? given : undefined;
}

/** Gives it a name for people. */
export async function renamePretraining({ client }: Context, run: PretrainingProgress): Promise<void> {
  const name = await askRunName(run);
  if (name !== undefined) await client.request(RenamePretraining, { folder: run.folder, name });
}

/** Deletes its folder after a confirmation. */
export async function deletePretraining({ client }: Context, run: PretrainingProgress): Promise<void> {
  if (run.state === 'running') return;
  const question = vscode.l10n.t('Delete the pre-training run "{0}" with its model?', pretrainingName(run));
  if (await confirmDeletion(question, run.folder)) await client.request(DeletePretraining, { folder: run.folder });
}
