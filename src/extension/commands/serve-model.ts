import * as vscode from 'vscode';
import { ListModels } from '../../protocol/messages';
import { ListKnownModels } from '../../protocol/models';
import { type Serving, SERVING_PORT, StartServing, StopServing } from '../../protocol/serving';
import type { Context } from '../context';
import { activeDataFile } from './active-data';
import { modelItem } from './use-model';

/** Serves a model over HTTP: asks which and on which port, shows where, and says what can be done then. Where one is served already, that alone. */
export async function startServer(context: Context): Promise<void> {
  const { client, serving } = context;
  if (serving.now) return tell(context, serving.now);
  const model = await chooseModel(context);
  if (model === undefined) return;
  const port = await vscode.window.showInputBox({
    title: vscode.l10n.t('Start Server'),
    prompt: vscode.l10n.t('Port on this machine; 0 takes a free one'),
    value: String(SERVING_PORT),
    validateInput: (text) =>
      /^\d{1,5}$/.test(text.trim()) && Number(text) <= 65_535
        ? undefined
        : vscode.l10n.t('A whole number from 0 to 65535.'),
  });
  if (port === undefined) return;
  const served = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Starting the server'), cancellable: true },
    (_, token) =>
      client.request(StartServing, { model, port: Number(port) }, token).then(undefined, (error: unknown) => {
        if (token.isCancellationRequested) return undefined;
        throw error;
      }),
  );
  if (!served) return;
  serving.show(served);
  await tell(context, served);
}

/** Stops serving; what was asked before is answered. */
export async function stopServer({ client, serving }: Context): Promise<void> {
  const served = serving.now;
  if (!served) return void vscode.window.showInformationMessage(vscode.l10n.t('No model is served.'));
  serving.show(undefined);
  await client.request(StopServing, null);
  void vscode.window.showInformationMessage(vscode.l10n.t('{0} is no longer served.', served.model));
}

/** What any file's Use Model offers, and models that give vectors alone. */
async function chooseModel({ client }: Context): Promise<string | undefined> {
  const uri = activeDataFile()?.uri.toString() ?? null;
  const options = await client.request(ListModels, { uri });
  const listed = new Set(options.map(({ folder }) => folder));
  const others = (await client.request(ListKnownModels, null)).filter(({ folder }) => !listed.has(folder));
  const items: (vscode.QuickPickItem & { folder?: string })[] = [
    ...options.map((option) => ({ ...modelItem(option), folder: option.folder })),
    ...others.map(({ name, folder }) => ({
      label: `$(package) ${name}`,
      description: vscode.l10n.t('sentence vectors'),
      folder,
    })),
    { label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`, alwaysShow: true },
  ];
  const title = vscode.l10n.t('Start Server: which model');
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  if (!picked || picked.folder !== undefined) return picked?.folder;
  const folders = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, title });
  return folders?.[0]?.fsPath;
}

async function tell(context: Context, { model, address }: Serving): Promise<void> {
  const copy = vscode.l10n.t('Copy Address');
  const docs = vscode.l10n.t('Open /docs');
  const stop = vscode.l10n.t('Stop Server');
  const message = vscode.l10n.t('{0} is served at {1} until this window closes.', model, address);
  const chosen = await vscode.window.showInformationMessage(message, copy, docs, stop);
  if (chosen === copy) await vscode.env.clipboard.writeText(address);
  else if (chosen === docs) await vscode.env.openExternal(vscode.Uri.parse(`${address}/docs`));
  else if (chosen === stop) await stopServer(context);
}
