import * as vscode from 'vscode';
import { AddModel, InspectSource } from '../../protocol/models';
import type { Context } from '../context';
import { transfer } from '../transfers';
import { offerAdded } from './added-model';

/** Asks for a model's folder, zip or file, imports it behind a notification with Cancel, and says how to go on. */
export async function addModel(context: Context): Promise<void> {
  const { client } = context;
  const source = await chooseSource();
  if (source === undefined) return;
  const { needsBase } = await client.request(InspectSource, { source });
  const base = needsBase ? await chooseBase() : undefined;
  if (needsBase && base === undefined) return;
  const title = vscode.l10n.t('Adding {0}', source.split(/[\\/]/).at(-1) ?? source);
  const params = { source, ...(base === undefined ? {} : { base }) };
  const added = await transfer(client, title, source, AddModel, params);
  if (added) await offerAdded(context, added);
}

async function chooseSource(): Promise<string | undefined> {
  const title = vscode.l10n.t('Add Model');
  const items = [
    {
      label: `$(folder) ${vscode.l10n.t('A folder…')}`,
      detail: vscode.l10n.t('of Hugging Face (safetensors, pytorch_model.bin) or with a TensorFlow checkpoint'),
      folder: true,
    },
    {
      label: `$(file-zip) ${vscode.l10n.t('A zip or a file…')}`,
      detail: vscode.l10n.t('a zip of such a folder, or one of its files'),
      folder: false,
    },
  ];
  // Systems have dialogs for folders and dialogs for files, and few for both.
  const picked = await vscode.window.showQuickPick(items, { title });
  if (!picked) return undefined;
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: vscode.l10n.t('Add'),
    canSelectFolders: picked.folder,
    canSelectFiles: !picked.folder,
  });
  return chosen?.[0]?.fsPath;
}

/** Asks for the folder that has what a checkpoint of TensorFlow's trainer comes without. */
async function chooseBase(): Promise<string | undefined> {
  const choose = vscode.l10n.t('Choose a folder…');
  const message = vscode.l10n.t(
    'This checkpoint comes without bert_config.json and vocab.txt: they are with the model that it was trained from.',
  );
  if ((await vscode.window.showInformationMessage(message, { modal: true }, choose)) !== choose) return undefined;
  const title = vscode.l10n.t('The folder with bert_config.json and vocab.txt');
  const chosen = await vscode.window.showOpenDialog({ title, canSelectFolders: true, canSelectFiles: false });
  return chosen?.[0]?.fsPath;
}
