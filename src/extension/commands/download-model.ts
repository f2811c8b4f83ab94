import * as vscode from 'vscode';
import { DownloadModel } from '../../protocol/hub';
import type { Context } from '../context';
import { hubModels } from '../hub-models';
import { editorProxy, transfer } from '../transfers';
import { offerAdded } from './added-model';

/** Asks for a model of the hub, brings it behind a notification with Cancel, and says how to go on. */
export async function downloadModel(context: Context): Promise<void> {
  const name = await chooseModel();
  if (name === undefined) return;
  const proxy = editorProxy();
  const title = vscode.l10n.t('Downloading {0}', name);
  const found = await transfer(context.client, title, name, DownloadModel, { name, proxy });
  if (found) await offerAdded(context, found);
}

async function chooseModel(): Promise<string | undefined> {
  const items = [
    {
      label: `$(edit) ${vscode.l10n.t('Another…')}`,
      detail: vscode.l10n.t('any BERT of the hub, by its name'),
      name: '',
    },
    ...hubModels().map(({ name, about, megabytes, licence }) => ({
      label: name,
      description: `${megabytes} MB · ${licence}`,
      detail: about,
      name,
    })),
  ];
  const options = { title: vscode.l10n.t('Download Model'), matchOnDetail: true };
  const name = (await vscode.window.showQuickPick(items, options))?.name;
  if (name !== '') return name;
  const written = await vscode.window.showInputBox({
    title: vscode.l10n.t('Download Model'),
    prompt: vscode.l10n.t('Its name on the hub, such as {0}', 'hfl/rbt4'),
    validateInput: (text) => (/^[\w.-]+\/[\w.-]+$/.test(text.trim()) ? undefined : vscode.l10n.t('Write owner/name.')),
  });
  return written?.trim();
}
