import * as vscode from 'vscode';
import { CompareRuns } from '../../protocol/comparison';
import { FindRows } from '../../protocol/metrics';
import { COMPARISON_VIEW, type ComparisonState, type FromComparison, type ToComparison } from '../../protocol/webview';
import { prepareWebview } from '../webview-parts';
import { MarkedRows } from './marked-rows';
import type { PageContext } from './metrics-page';
import { comparisonHtml } from './page-html';
import { oneLine, receiveMessages, tabIcon } from './page-panel';

/** The pages that compare runs: each asks the server once, and leads to rows and to the runs' own pages. */
export class ComparisonPages implements vscode.WebviewPanelSerializer<ComparisonState>, vscode.Disposable {
  readonly #serializer = vscode.window.registerWebviewPanelSerializer(COMPARISON_VIEW, this);

  constructor(
    private readonly context: PageContext,
    private readonly openRun: (folder: string) => void,
  ) {}

  /** Opens a page for runs; the first is what the others are held against. */
  show(folders: readonly string[]): void {
    const title = vscode.l10n.t('Comparison of {0} runs', folders.length);
    this.#fill(vscode.window.createWebviewPanel(COMPARISON_VIEW, title, vscode.ViewColumn.Active, {}), folders);
  }

  /** Called by VS Code for a page that was open before a reload. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: ComparisonState | undefined): Promise<void> {
    const folders = Array.isArray(state?.folders) ? state.folders.filter((one) => typeof one === 'string') : [];
    if (folders.length > 1) this.#fill(panel, folders);
    else panel.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.#serializer.dispose();
  }

  #fill(panel: vscode.WebviewPanel, folders: readonly string[]): void {
    const { extension, client, log } = this.context;
    const { webview } = panel;
    const rows = new MarkedRows();
    const parts = prepareWebview(webview, extension.extensionUri, 'comparison');
    panel.iconPath = tabIcon(extension.extensionUri);
    const post = (message: ToComparison): void => void webview.postMessage(message);

    const compare = async (): Promise<void> => {
      try {
        post({ type: 'comparison', comparison: await client.request(CompareRuns, { folders }) });
      } catch (error) {
        post({ type: 'unreadable', message: oneLine(error) });
      }
    };
    const openRow = async (index: number): Promise<void> => {
      const found = await client.request(FindRows, { folder: folders[0] ?? '', which: { index } });
      if (found.rows[0]?.line === null) throw new Error(vscode.l10n.t('This row is no longer in the file.'));
      await rows.show(found, 'editor');
    };
    const receive = async (message: FromComparison): Promise<void> => {
      switch (message.type) {
        case 'ready':
          return compare();
        case 'openRow':
          return openRow(message.index);
        case 'openRun':
          return this.openRun(message.folder);
      }
    };
    const subscriptions = [
      receiveMessages(webview, 'comparison', log, receive),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void compare()),
    ];
    panel.onDidDispose(() => {
      rows.clear();
      for (const one of [...subscriptions, rows]) one.dispose();
    });
    webview.html = comparisonHtml({ ...parts, folders, title: panel.title });
  }
}
