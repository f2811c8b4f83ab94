import { basename, normalize } from 'node:path';
import * as vscode from 'vscode';
import { MetricsChanged } from '../../protocol/metrics';
import { METRICS_VIEW, type PageState } from '../../protocol/webview';
import { MetricsPage, titleOf, type PageContext } from './metrics-page';

/** The open metrics pages, one a run. */
export class MetricsPages implements vscode.WebviewPanelSerializer<PageState>, vscode.Disposable {
  readonly #pages = new Map<string, MetricsPage>();
  readonly #serializer = vscode.window.registerWebviewPanelSerializer(METRICS_VIEW, this);

  constructor(private readonly context: PageContext) {
    context.client.on(MetricsChanged, (metrics) => this.#pages.get(normalize(metrics.run.folder))?.update(metrics));
    context.client.onRestart(() => {
      for (const page of this.#pages.values()) void page.follow();
    });
  }

  /** The run of the page that is in front, if one is. */
  get active(): string | undefined {
    return [...this.#pages.values()].find(({ panel }) => panel.active)?.folder;
  }

  /** Whether a run has a page. */
  shows(folder: string): boolean {
    return this.#pages.has(normalize(folder));
  }

  /** Shows the page of a run; there is never a second one of it. */
  show(folder: string): void {
    const known = this.#pages.get(normalize(folder));
    if (known) return known.panel.reveal();
    const title = titleOf(basename(folder));
    this.#adopt(folder, vscode.window.createWebviewPanel(METRICS_VIEW, title, vscode.ViewColumn.Active, {}));
  }

  /** Called by VS Code for a page that was open before a reload. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: PageState | undefined): Promise<void> {
    if (typeof state?.folder === 'string' && !this.#pages.has(normalize(state.folder)))
      this.#adopt(state.folder, panel);
    else panel.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.#serializer.dispose();
  }

  #adopt(folder: string, panel: vscode.WebviewPanel): void {
    const key = normalize(folder);
    this.#pages.set(key, new MetricsPage(key, panel, this.context, () => void this.#pages.delete(key)));
  }
}
