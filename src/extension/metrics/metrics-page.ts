import { basename } from 'node:path';
import * as vscode from 'vscode';
import { Commands } from '../../protocol/commands';
import { FindRows, FollowMetrics, TryText, UnfollowMetrics } from '../../protocol/metrics';
import { isPretraining, type ShownMetrics } from '../../protocol/pretraining-metrics';
import type { FromPage, ToPage } from '../../protocol/webview';
import { pretrainingName } from '../../report/pretraining/about';
import type { Context } from '../context';
import { prepareWebview } from '../webview-parts';
import { MarkedRows } from './marked-rows';
import { metricsHtml } from './page-html';
import { oneLine, receiveMessages, tabIcon } from './page-panel';

/** What a page needs of the extension. */
export type PageContext = Pick<Context, 'extension' | 'client' | 'log'>;

/** One open metrics page: passes on what the server says of its run, and carries out what is clicked on it. */
export class MetricsPage {
  readonly #rows = new MarkedRows();
  readonly #subscriptions: vscode.Disposable[];
  #metrics: ShownMetrics | undefined;

  constructor(
    readonly folder: string,
    readonly panel: vscode.WebviewPanel,
    private readonly context: PageContext,
    onClose: () => void,
  ) {
    const { extension, client, log } = context;
    const { webview } = panel;
    const parts = prepareWebview(webview, extension.extensionUri, 'metrics');
    panel.iconPath = tabIcon(extension.extensionUri);
    this.#subscriptions = [
      receiveMessages(webview, 'metrics page', log, (message: FromPage) => this.#receive(message)),
      // Messages to a hidden page are lost; it asks again when it is shown, since it is made anew.
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.follow()),
      panel.onDidDispose(() => {
        client.notify(UnfollowMetrics, { folder });
        this.#rows.clear();
        for (const one of [...this.#subscriptions, this.#rows]) one.dispose();
        onClose();
      }),
    ];
    webview.html = metricsHtml({ ...parts, folder, title: panel.title });
  }

  /** Draws a snapshot of the server. */
  update(metrics: ShownMetrics): void {
    this.#metrics = metrics;
    this.panel.title = titleOf(isPretraining(metrics) ? pretrainingName(metrics.run) : metrics.run.data);
    this.#post({ type: 'metrics', metrics });
  }

  /** Asks the server for the run and for news of it. */
  async follow(): Promise<void> {
    try {
      this.update(await this.context.client.request(FollowMetrics, { folder: this.folder }));
    } catch (error) {
      this.#post({ type: 'unreadable', message: oneLine(error) });
    }
  }

  async #receive(message: FromPage): Promise<void> {
    const { client } = this.context;
    const { folder } = this;
    switch (message.type) {
      case 'ready':
        return this.follow();
      case 'showRows':
        try {
          const found = await client.request(FindRows, { folder, which: message.which });
          this.#post({ type: 'rows', which: message.which, found });
          await this.#rows.show(found, 'page');
        } catch (error) {
          this.#post({ type: 'rowsFailed', which: message.which, message: oneLine(error) });
        }
        return;
      case 'openRow': {
        const found = await client.request(FindRows, { folder, which: { index: message.index } });
        if (found.rows[0]?.line === null) throw new Error(vscode.l10n.t('This row is no longer in the file.'));
        return this.#rows.show(found, 'editor');
      }
      case 'closeRows':
        return this.#rows.clear();
      case 'try': {
        const { id, text, textB } = message;
        try {
          const tried = await client.request(TryText, { folder, text, ...(textB === undefined ? {} : { textB }) });
          this.#post({ type: 'tried', id, tried });
        } catch (error) {
          this.#post({ type: 'tryFailed', id, message: oneLine(error) });
        }
        return;
      }
      case 'export':
        await vscode.commands.executeCommand(Commands.exportReport, folder);
        return;
      case 'openData': {
        // What pre-training reads are mostly folders, and files too large for an editor: its page does not offer them.
        if (this.#metrics === undefined || isPretraining(this.#metrics)) return;
        const path = this.#metrics.judgement?.heldOut.path ?? this.#metrics.run.data;
        const column = vscode.ViewColumn.Beside;
        await vscode.window.showTextDocument(vscode.Uri.file(path), { viewColumn: column, preview: false });
        return;
      }
      case 'fineTune':
        await vscode.commands.executeCommand(Commands.fineTuneOn, folder);
        return;
    }
  }

  #post(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }
}

/** The name of the page's tab. */
export function titleOf(data: string): string {
  return vscode.l10n.t('Metrics: {0}', basename(data));
}
