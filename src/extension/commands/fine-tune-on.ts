import * as vscode from 'vscode';
import { ListPretraining } from '../../protocol/pretraining';
import { pretrainingName } from '../../report/pretraining/about';
import type { Context } from '../context';
import { isFinishedBase, pretrainingFacts } from '../pretraining/pretraining-item';
import { chooseData } from '../run-form/choices';
import { beginDraft } from '../run-form/draft';
import { activeDataFile } from './active-data';
import { showFineTuneForm } from './fine-tune';
import { folderOf } from './pick-run';

/**
 * Fine-tunes the model of a pre-training run, the one that the argument names or one that the user picks, on the active file, or on one that the user
 * picks where none is active.
 */
export async function fineTuneOn(context: Context, argument?: unknown): Promise<void> {
  const { client } = context;
  const base = folderOf(argument) ?? (await pickBase(context));
  if (base === undefined) return;
  const active = activeDataFile() ?? (await openChosen());
  if (!active) return;
  const draft = await beginDraft(client, active, base);
  if (draft) await showFineTuneForm(context, draft);
}

async function openChosen(): Promise<vscode.TextDocument | undefined> {
  const uri = await chooseData();
  return uri && (await vscode.workspace.openTextDocument(uri));
}

async function pickBase({ client }: Context): Promise<string | undefined> {
  const found = (await client.request(ListPretraining, null)).filter(isFinishedBase);
  if (found.length === 0) throw new Error(vscode.l10n.t('There is no pre-trained model yet.'));
  const items = found.map((run) => ({
    label: pretrainingName(run),
    description: pretrainingFacts(run).join(' · '),
    detail: run.id,
    folder: run.folder,
  }));
  const options = { title: vscode.l10n.t('Base model'), matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.folder;
}
