import * as vscode from 'vscode';
import { ListModels, UseModel, type ModelOption } from '../../protocol/messages';
import { chosenModels, rememberModel } from '../chosen-models';
import type { Context } from '../context';
import { activeData } from './active-data';
import { nameLabels } from './name-labels';

interface Item extends vscode.QuickPickItem {
  readonly choice: { readonly folder: string | null } | 'browse';
  /** A model whose labels are to be named before. */
  readonly unnamed?: ModelOption;
}

/** Chooses the model of the active file: the newest fitting run, a certain run, a model that came with Rowlight, or a folder. */
export async function useModel(context: Context): Promise<void> {
  const { uri } = activeData();
  const options = await context.client.request(ListModels, { uri: uri.toString() });
  const items: Item[] = [
    {
      label: `$(sparkle) ${vscode.l10n.t('Newest run that fits')}`,
      description: vscode.l10n.t('follows new runs'),
      choice: { folder: null },
    },
    ...options.map((option) => ({
      ...modelItem(option),
      choice: { folder: option.folder },
      ...(option.unnamed ? { unnamed: option } : {}),
    })),
    { label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`, choice: 'browse' },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Model for {0}', vscode.workspace.asRelativePath(uri)),
    matchOnDescription: true,
  });
  const unnamed = picked?.unnamed;
  if (unnamed && !(await nameLabels(context, unnamed.folder, unnamed.name, unnamed.labels))) return;
  const choice = picked?.choice === 'browse' ? await browse() : picked?.choice;
  if (choice) await useFolder(context, uri, choice.folder);
}

/** Lets the model of a folder predict a document, now and in later sessions; null: the newest run that fits. */
export async function useFolder({ client, extension }: Context, uri: vscode.Uri, folder: string | null): Promise<void> {
  await rememberModel(extension.workspaceState, uri, folder);
  await client.request(UseModel, { uri: uri.toString(), folder });
}

/** A model's folder is gone: the documents for which it was chosen go back to the newest run that fits. */
export async function forgetModel(context: Context, folder: string): Promise<void> {
  for (const [uri, chosen] of Object.entries(chosenModels(context.extension.workspaceState))) {
    if (chosen === folder) await useFolder(context, vscode.Uri.parse(uri), null);
  }
}

/** A model as a line of a list. */
export function modelItem(option: ModelOption): vscode.QuickPickItem {
  const { name, labels, accuracy, macroF1, createdAt, current } = option;
  const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;
  const scores =
    accuracy === undefined || macroF1 === undefined
      ? ''
      : vscode.l10n.t('accuracy {0}, macro F1 {1}', percent(accuracy), percent(macroF1));
  const detail = [scores, vscode.l10n.t('{0} labels', labels), createdAt && new Date(createdAt).toLocaleString()];
  return {
    label: `${current ? '$(check)' : '$(circle-outline)'} ${name}`,
    description: detail.filter(Boolean).join(' · '),
  };
}

async function browse(): Promise<{ folder: string } | undefined> {
  const folders = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false });
  return folders?.[0] && { folder: folders[0].fsPath };
}
