import * as vscode from 'vscode';
import { LANGUAGE_IDS, SCHEMES } from '../protocol/languages';
import { followCounting } from './commands/accept-above';
import { registerCommands } from './commands/registry';
import { ClientHolder } from './client-holder';
import type { Context } from './context';
import { LabellingMode } from './labelling/mode';
import { offerReopening, registerReopening } from './encoding-offer';
import { MetricsPages } from './metrics/metrics-pages';
import { followTrust } from './restricted-mode';
import { watchLargeFiles } from './large-files';
import { RunProgress } from './run-progress';
import { RowCard } from './row-card/card-view';
import { StatusItem } from './status-item';

let holder: ClientHolder | undefined;

/** Registers everything cheap; the server starts when a data file is open or a command needs it. */
export function activate(extension: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Rowlight', { log: true });
  const status = new StatusItem();
  const client = new ClientHolder(extension, log);
  holder = client;
  const labelling = new LabellingMode(client, log);
  const metrics = new MetricsPages({ extension, log, client });
  const context: Context = { extension, log, client, status, labelling, metrics };
  const progress = new RunProgress(context);
  extension.subscriptions.push(log, status, labelling, metrics, registerCommands(context), registerReopening());
  extension.subscriptions.push(new RowCard(context));

  extension.subscriptions.push(
    followTrust(client, () => status.redraw()),
    watchLargeFiles(context),
  );

  followCounting(client);
  client.onStatus((current) => status.update(current));
  client.onRun((run) => progress.update(run));
  client.onMisread((file) => void offerReopening(file).catch((error: unknown) => log.error(String(error))));
  client.onRestart(() => void progress.catchUp().catch((error: unknown) => log.error(String(error))));

  const consider = (document: vscode.TextDocument): void => {
    if (isData(document)) void client.ready().catch((error: unknown) => log.error(String(error)));
  };
  extension.subscriptions.push(vscode.workspace.onDidOpenTextDocument(consider));
  vscode.workspace.textDocuments.forEach(consider);
}

/** Stops the server; training runs go on. */
export async function deactivate(): Promise<void> {
  await holder?.stop();
}

function isData(document: vscode.TextDocument): boolean {
  return (
    (LANGUAGE_IDS as readonly string[]).includes(document.languageId) &&
    (SCHEMES as readonly string[]).includes(document.uri.scheme)
  );
}
