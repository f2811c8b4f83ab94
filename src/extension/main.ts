import * as vscode from 'vscode';
import { LANGUAGE_IDS, SCHEMES } from '../protocol/languages';
import { followCounting } from './commands/accept-above';
import { CrossvalChanged } from '../protocol/crossval';
import { FileMisread } from '../protocol/encoding';
import { RunChanged, StatusChanged } from '../protocol/messages';
import { PretrainingChanged, PretrainingFailed } from '../protocol/pretraining';
import { RunEnded, RunRemoved, TrainerFailed } from '../protocol/run-actions';
import { forgetModel } from './commands/use-model';
import { followWriting } from './commands/predict-file';
import { registerCommands } from './commands/registry';
import { ClientHolder } from './client-holder';
import type { Context } from './context';
import { CrossvalNotices } from './crossval/crossval-progress';
import { registerCrossvalSummaries } from './crossval/summary';
import { LabellingOffer } from './labelling/offer';
import { LabellingMode } from './labelling/mode';
import { offerReopening, registerReopening } from './encoding-offer';
import { ComparisonPages } from './metrics/comparison-page';
import { MetricsPages } from './metrics/metrics-pages';
import { followTrust } from './restricted-mode';
import { watchLargeFiles } from './large-files';
import { PretrainingNotices } from './pretraining/notices';
import { RunProgress } from './run-progress';
import { RowCard } from './row-card/card-view';
import { RunsView } from './runs/runs-view';
import { ServingItem } from './serving';
import { ServerAccess } from './server-access';
import { StatusItem } from './status-item';
import { followTransfers } from './transfers';
import { registerWalkthrough } from './walkthrough';

let holder: ClientHolder | undefined;

/** Registers everything cheap; the server starts when a data file is open or a command needs it. */
export function activate(extension: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Rowlight', { log: true });
  const status = new StatusItem();
  const client = new ClientHolder(extension, log);
  holder = client;
  const fail = (error: unknown): void => log.error(String(error));
  const server = new ServerAccess(extension, client, fail);
  const labelling = new LabellingMode(client, log);
  const metrics = new MetricsPages({ extension, log, client });
  const comparisons = new ComparisonPages({ extension, log, client }, (folder) => metrics.show(folder));
  const runs = new RunsView(client);
  const serving = new ServingItem(client);
  const context: Context = { extension, log, client, status, serving, server, labelling, runs, metrics, comparisons };
  const offer = new LabellingOffer(extension.workspaceState, fail);
  const progress = new RunProgress(context);
  const crossvals = new CrossvalNotices(context);
  const pretraining = new PretrainingNotices(context);
  extension.subscriptions.push(offer, new RowCard(context));
  extension.subscriptions.push(
    comparisons,
    log,
    status,
    serving,
    server,
    labelling,
    runs,
    metrics,
    registerCommands(context),
    registerReopening(),
  );

  extension.subscriptions.push(
    followTrust(client, () => {
      status.redraw();
      runs.reload();
    }),
    watchLargeFiles(context),
    registerWalkthrough(context),
    registerCrossvalSummaries(context),
  );

  followCounting(client);
  followTransfers(client);
  followWriting(client);
  client.on(StatusChanged, (current) => {
    status.update(current);
    server.update(current.served);
    offer.update(current);
  });
  client.on(RunChanged, (run) => progress.update(run));
  client.on(CrossvalChanged, (news) => {
    if (!('gone' in news)) crossvals.update(news);
  });
  client.on(PretrainingChanged, (news) => {
    if ('gone' in news) pretraining.gone(news.gone);
    else pretraining.update(news);
  });
  client.on(PretrainingFailed, ({ data, message }) => pretraining.failed(data, message));
  client.on(FileMisread, (file) => void offerReopening(file).catch(fail));
  client.on(RunEnded, ({ progress: ended, verdict }) => progress.ended(ended, verdict));
  client.on(TrainerFailed, ({ data, message }) => progress.failed(data, message));
  client.on(RunRemoved, ({ folder }) => void forgetModel(context, folder).catch(fail));
  client.onRestart(() => {
    runs.reload();
    void progress.catchUp().catch(fail);
    void pretraining.catchUp().catch(fail);
  });

  const consider = (document: vscode.TextDocument): void => {
    if (isData(document)) void client.ready().catch(fail);
  };
  extension.subscriptions.push(vscode.workspace.onDidOpenTextDocument(consider));
  vscode.workspace.textDocuments.forEach(consider);
  // A run may be under way although no data file is open.
  void hasRuns()
    .then((found) => (found ? client.ready() : undefined))
    .then(undefined, fail);
}

/** Whether a workspace folder has runs of ours. */
async function hasRuns(): Promise<boolean> {
  if (!vscode.workspace.isTrusted) return false;
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    for (const kind of ['runs', 'pretraining']) {
      const found = vscode.workspace.fs.stat(vscode.Uri.joinPath(uri, '.rowlight', kind));
      if (
        await found.then(
          () => true,
          () => false,
        )
      )
        return true;
    }
  }
  return false;
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
