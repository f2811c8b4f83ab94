import * as vscode from 'vscode';
import { ContinueCrossval, DeleteCrossval, type CrossvalProgress } from '../../protocol/crossval';
import { ContinuePretraining } from '../../protocol/pretraining';
import { ContinueRun, DeleteRun, RenameRun } from '../../protocol/run-actions';
import type { Context } from '../context';
import { crossvalName, isCrossval } from '../crossval/crossval-item';
import { isContinuable, runName } from '../runs/run-item';
import { isPretrainingRun } from '../pretraining/pretraining-item';
import { activeData } from './active-data';
import { deletePretraining, pretrainingOfCommand, renamePretraining } from './pretraining-commands';
import { runOfCommand } from './run-of-command';
import { askRunName, confirmDeletion } from './run-questions';
import { reveal } from '../reveal';
import { useFolder } from './use-model';

/** Shows a run's folder. */
export async function revealRun(context: Context, given?: unknown): Promise<void> {
  const run =
    isCrossval(given) || isPretrainingRun(given)
      ? given
      : await runOfCommand(context, given, vscode.l10n.t('Reveal Run Folder'), () => true);
  if (!run) return;
  // The file inside, so that the explorer opens the folder too.
  const inside = isCrossval(run) ? 'crossval.json' : isPretrainingRun(run) ? 'pretraining.json' : 'run.json';
  await reveal(vscode.Uri.joinPath(vscode.Uri.file(run.folder), inside));
}

/** Gives a run a name for people; its folder and record stay. */
export async function renameRun(context: Context, given?: unknown): Promise<void> {
  const pretraining = pretrainingOfCommand(context, given);
  if (pretraining) return renamePretraining(context, pretraining);
  const run = await runOfCommand(context, given, vscode.l10n.t('Rename Run'), () => true);
  if (!run) return;
  const name = await askRunName(run);
  if (name !== undefined) await context.client.request(RenameRun, { folder: run.folder, name });
}

/** Deletes a run's folder after a confirmation. */
export async function deleteRun(context: Context, given?: unknown): Promise<void> {
  if (isCrossval(given)) return deleteCrossval(context, given);
  const pretraining = pretrainingOfCommand(context, given);
  if (pretraining) return deletePretraining(context, pretraining);
  const run = await runOfCommand(context, given, vscode.l10n.t('Delete Run'), ({ state }) => state !== 'running');
  if (!run) return;
  const question = vscode.l10n.t('Delete the run "{0}" with its model?', runName(run));
  if (await confirmDeletion(question, run.folder)) await context.client.request(DeleteRun, { folder: run.folder });
}

async function deleteCrossval(context: Context, crossval: CrossvalProgress): Promise<void> {
  const question = vscode.l10n.t('Delete the cross-validation "{0}" with its models and rows?', crossvalName(crossval));
  if (await confirmDeletion(question, crossval.folder))
    await context.client.request(DeleteCrossval, { folder: crossval.folder });
}

/** Goes on with a run or a cross-validation that was interrupted, cancelled or failed. */
export async function continueRun(context: Context, given?: unknown): Promise<void> {
  if (isCrossval(given)) return void (await context.client.request(ContinueCrossval, { folder: given.folder }));
  const pretraining = pretrainingOfCommand(context, given);
  if (pretraining) return void (await context.client.request(ContinuePretraining, { folder: pretraining.folder }));
  const run = await runOfCommand(context, given, vscode.l10n.t('Continue Run'), isContinuable);
  if (run) await context.client.request(ContinueRun, { folder: run.folder });
}

/** Lets a run's model predict the active file. */
export async function useRun(context: Context, given?: unknown): Promise<void> {
  const { uri } = activeData();
  const usable = vscode.l10n.t('Use as Model of the Active File');
  const run = await runOfCommand(context, given, usable, (one) => one.usable && one.state !== 'running');
  if (run) await useFolder(context, uri, run.folder);
}
