import * as vscode from 'vscode';
import { DownloadModel, DownloadingModel } from '../../protocol/hub';
import { Commands } from '../../protocol/commands';
import type { ClientHolder } from '../client-holder';
import type { Context } from '../context';
import { hubModels } from '../hub-models';
import { copyCommandLine } from './fine-tune';

/** Asks for a model of the hub, brings it behind a notification with Cancel, and says how to go on. */
export async function downloadModel(context: Context): Promise<void> {
  const { client } = context;
  const name = await chooseModel();
  if (name === undefined) return;
  const found = await download(client, name);
  if (!found) return;
  if (!found.usable) {
    const copy = vscode.l10n.t('Copy Command Line');
    const message = vscode.l10n.t('{0} is here, in a form that is still to be imported.', name);
    if ((await vscode.window.showInformationMessage(message, copy)) === copy)
      await copyCommandLine(context, ['import', found.folder, name.split('/').at(-1) ?? name]);
    return;
  }
  const train = vscode.l10n.t('Fine-Tune…');
  const message = vscode.l10n.t('{0} is here; Fine-Tune offers it as a base model.', name);
  if ((await vscode.window.showInformationMessage(message, train)) === train)
    await vscode.commands.executeCommand(Commands.fineTune);
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

/** Downloads behind a notification with Cancel; undefined where the user cancels. */
function download(client: ClientHolder, name: string): Thenable<{ folder: string; usable: boolean } | undefined> {
  const proxy = vscode.workspace.getConfiguration('http').get('proxy', '');
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Downloading {0}', name),
      cancellable: true,
    },
    async (progress, token) => {
      const began = Date.now();
      let reached = 0;
      downloading.set(name, (done, total) => {
        const now = total === 0 ? 100 : (100 * done) / total;
        const left = Math.ceil(((total - done) / done) * ((Date.now() - began) / 60_000));
        const message = vscode.l10n.t('{0} of {1} MB, {2} min left', megabytes(done), megabytes(total), left);
        progress.report({ increment: Math.max(0, now - reached), message });
        reached = Math.max(reached, now);
      });
      try {
        return await client.request(DownloadModel, { name, proxy }, token);
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      } finally {
        downloading.delete(name);
      }
    },
  );
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** Who shows the progress of the downloads under way, by name. */
const downloading = new Map<string, (done: number, total: number) => void>();

/** Passes the server's progress on. */
export function followDownloads(client: ClientHolder): void {
  client.on(DownloadingModel, ({ name, done, total }) => downloading.get(name)?.(done, total));
}
