import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { ListKnownModels, ExportModel } from '../../protocol/models';
import { ListRuns } from '../../protocol/messages';
import type { Context } from '../context';
import { reveal } from '../reveal';
import { runDescription, runName } from '../runs/run-item';
import { transfer } from '../transfers';
import { folderOf } from './pick-run';

/** Writes a model for another program: asks which (but for a run of the view), for what, and where, and shows the folder that comes of it. */
export async function exportModel(context: Context, argument?: unknown): Promise<void> {
  const model = folderOf(argument) ?? (await chooseModel(context));
  if (model === undefined) return;
  const form = await chooseForm();
  if (form === undefined) return;
  const parent = await chooseParent(model);
  if (parent === undefined) return;
  const title = vscode.l10n.t('Exporting {0}', form.name);
  const { format, dtype } = form;
  const written = await transfer(context.client, title, model, ExportModel, { model, parent, format, dtype });
  if (!written) return;
  const show = vscode.l10n.t('Reveal');
  const message = vscode.l10n.t('Exported to {0}; its README.md says how to run it.', written.folder);
  if ((await vscode.window.showInformationMessage(message, show)) === show)
    await reveal(vscode.Uri.joinPath(vscode.Uri.file(written.folder), 'README.md'));
}

async function chooseModel({ client }: Context): Promise<string | undefined> {
  const title = vscode.l10n.t('Export Model');
  const runs = (await client.request(ListRuns, null)).filter(({ run }) => run.usable && run.state !== 'running');
  const known = await client.request(ListKnownModels, null);
  const items: (vscode.QuickPickItem & { folder?: string })[] = [
    ...runs.map((progress) => ({
      label: `$(history) ${runName(progress.run)}`,
      description: runDescription(progress),
      detail: progress.run.id,
      folder: progress.run.folder,
    })),
    ...known.map(({ name, folder }) => ({ label: `$(package) ${name}`, folder })),
    { label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`, alwaysShow: true },
  ];
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true });
  if (!picked || picked.folder !== undefined) return picked?.folder;
  const folders = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, title });
  return folders?.[0]?.fsPath;
}

async function chooseForm() {
  const onnx = (dtype: 'float32' | 'float16' | 'int8', detail: string) =>
    ({ name: `ONNX, ${dtype}`, detail, format: 'onnx', dtype }) as const;
  const forms = [
    {
      name: vscode.l10n.t('Hugging Face folder'),
      detail: vscode.l10n.t('for transformers; adapters are merged'),
      format: 'hugging-face',
      dtype: 'float32',
    } as const,
    onnx('float32', vscode.l10n.t('for ONNX Runtime, exact')),
    onnx('float16', vscode.l10n.t('half as large, for GPUs')),
    onnx('int8', vscode.l10n.t('a quarter as large, quick on processors, slightly rounded')),
    {
      name: 'TensorFlow SavedModel',
      detail: vscode.l10n.t('for TensorFlow Serving, in a folder named by the time'),
      format: 'saved-model',
      dtype: 'float32',
    } as const,
  ];
  const items = forms.map((form) => ({ label: form.name, detail: form.detail, form }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Export as'), matchOnDetail: true });
  return picked?.form;
}

/** The folder in which the export gets one of its own. */
async function chooseParent(model: string): Promise<string | undefined> {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(dirname(model));
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Where to put the exported folder'),
    openLabel: vscode.l10n.t('Export Here'),
    canSelectFolders: true,
    canSelectFiles: false,
    defaultUri: root,
  });
  return chosen?.[0]?.fsPath;
}
