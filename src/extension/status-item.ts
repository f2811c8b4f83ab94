import * as vscode from 'vscode';
import { SHOW_MENU } from '../protocol/commands';
import type { ServedStatus } from '../protocol/server-access';
import type { FileStatus, ServerStatus } from '../protocol/status';
import { runByText } from './run-by-text';
import { servedTrouble, type ServedTrouble, unfit } from './served-text';

/** The one status item: which model predicts the active file, or what to do so that one does. A click lists the commands. */
export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('rowlight', vscode.StatusBarAlignment.Right, 99);
  readonly #subscription = vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(() => this.#draw()),
    vscode.window.tabGroups.onDidChangeTabs(() => this.#draw()),
  );
  readonly #unread = new Set<string>();
  #status: ServerStatus | undefined;

  constructor() {
    this.#item.name = 'Rowlight';
    this.#item.command = SHOW_MENU;
  }

  update(status: ServerStatus): void {
    this.#status = status;
    this.#draw();
  }

  /** What the server says of a document; undefined while it doesn't know it. */
  of(uri: vscode.Uri): FileStatus | undefined {
    return this.#status?.files[uri.toString()];
  }

  /** A file is in an editor but too large to be passed to extensions. */
  unread(uri: vscode.Uri): void {
    this.#unread.add(uri.toString());
    this.#draw();
  }

  /** Draws anew what depends on more than the server's word. */
  redraw(): void {
    this.#draw();
  }

  dispose(): void {
    this.#item.dispose();
    this.#subscription.dispose();
  }

  #draw(): void {
    const status = this.#status;
    const uri = activeUri();
    const file = uri === undefined ? undefined : this.#unread.has(uri) ? UNREAD : status?.files[uri];
    if (!file) return this.#item.hide();
    const trouble = status?.served && troubleOf(file, status.served);
    const runBy = computesHere(file) ? status?.runBy : undefined;
    const { icon, text: model, tooltip: about } = describe(file, trouble);
    const text = runBy === undefined || runBy.device === 'cpu' ? model : `${model} · ${runBy.device}`;
    const tooltip = runBy === undefined ? about : `${about}\n${runByText(runBy)}`;
    const failed = status !== undefined && status.health !== 'ok';
    const message = failed ? status.message : trouble?.line;
    const off = failed || (trouble !== undefined && status?.served?.state !== 'connecting');
    this.#item.text = `$(${off ? 'warning' : status?.busy ? 'loading~spin' : icon}) ${text}`;
    // Plain text: model and column names are other people's content.
    this.#item.tooltip =
      message === undefined ? `${tooltip}${unusedLine(file, status?.served)}` : `${tooltip}\n${message}`;
    // What the icon and the colour say stands in words too, for those who see neither.
    const spoken = off ? [text, message] : status?.busy ? [text, vscode.l10n.t('working')] : [text, tooltip];
    this.#item.accessibilityInformation = { label: `Rowlight: ${spoken.filter(Boolean).join(', ')}` };
    this.#item.backgroundColor =
      status?.health === 'error' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.#item.show();
  }
}

/** The state of a file that VS Code does not pass to extensions. */
const UNREAD = { kind: 'unread' } as const;

/** The file of the active tab, also where it is too large to be an editor's document. */
function activeUri(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor) return editor.document.uri.toString();
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText ? input.uri.toString() : undefined;
}

/** Whether a model of this machine computes what a file shows. */
function computesHere(file: FileStatus | typeof UNREAD): boolean {
  if (file.kind === 'provisional') return file.method === 'head';
  return file.kind === 'predicting' && file.source !== 'server';
}

/** What keeps the server from predicting a file that it is to predict. */
function troubleOf(file: FileStatus | typeof UNREAD, served: ServedStatus): ServedTrouble | undefined {
  const waits = file.kind === 'server' || (file.kind === 'predicting' && file.source === 'server');
  return waits ? servedTrouble(served) : undefined;
}

/** For a file that the server is not asked for: why not. Nothing where the user chose another model. */
function unusedLine(file: FileStatus | typeof UNREAD, served: ServedStatus | undefined): string {
  if (served?.state === 'consent') return `\n${servedTrouble(served)?.line ?? ''}`;
  const other =
    file.kind === 'no-model' ||
    file.kind === 'provisional' ||
    (file.kind === 'predicting' && (file.source === 'run' || file.source === 'bundled'));
  return other && served?.state === 'ready' ? `\n${unfit(served)}` : '';
}

function describe(
  file: FileStatus | typeof UNREAD,
  trouble: ServedTrouble | undefined,
): { icon: string; text: string; tooltip: string } {
  switch (file.kind) {
    case 'server':
      return {
        icon: 'server',
        text: trouble?.text ?? vscode.l10n.t('Server'),
        tooltip: vscode.l10n.t('Waits for the server of {0}', 'rowlight.server'),
      };
    case 'predicting': {
      const tooltip = vscode.l10n.t(
        'Predictions by {0}\nText: {1} · label: {2}\n{3}',
        file.model,
        file.textColumn,
        file.labelColumn,
        file.folder,
      );
      if (file.source === 'server') return { icon: 'server', text: trouble?.text ?? file.model, tooltip };
      if (!file.faster) return { icon: 'sparkle', text: file.model, tooltip };
      const { dtype, speed, agreement } = file.faster;
      const [times, same] = [speed.toFixed(1), (100 * agreement).toFixed(1)];
      const gain = vscode.l10n.t('{0}, {1} × as fast as float32, {2}% agree', dtype, times, same);
      return { icon: 'sparkle', text: `${file.model} · ${dtype}`, tooltip: `${tooltip}\n${gain}` };
    }
    case 'provisional': {
      const text = vscode.l10n.t('Provisional ({0} rows)', file.rows);
      return {
        icon: 'beaker',
        text,
        tooltip:
          file.method === 'head'
            ? vscode.l10n.t(
                'Provisional predictions: a head on {0}, with naive Bayes, on {1} labelled rows, {2} labels\nText: {3} · label: {4}\nRun "Rowlight: Fine-tune" once there are enough of them.',
                file.base ?? '',
                file.rows,
                file.labels,
                file.textColumn,
                file.labelColumn,
              )
            : vscode.l10n.t(
                'Provisional predictions: naive Bayes on {0} labelled rows, {1} labels\nText: {2} · label: {3}\nRun "Rowlight: Fine-tune" once there are enough of them.',
                file.rows,
                file.labels,
                file.textColumn,
                file.labelColumn,
              ),
      };
    }
    case 'no-model':
      if (!vscode.workspace.isTrusted) {
        return {
          icon: 'shield',
          text: vscode.l10n.t('Restricted Mode'),
          tooltip: vscode.l10n.t(
            'In Restricted Mode only the models that come with Rowlight predict, and none of them fits this file. Trust the workspace to train one or to use your own.',
          ),
        };
      }
      return {
        icon: 'circle-outline',
        text: vscode.l10n.t('No model'),
        tooltip: vscode.l10n.t('No model fits this file yet. Run "Rowlight: Fine-tune" once some rows have labels.'),
      };
    case 'bad-model':
      return { icon: 'warning', text: vscode.l10n.t('Model problem'), tooltip: file.message };
    case 'no-columns':
      return { icon: 'warning', text: vscode.l10n.t('Columns?'), tooltip: file.message };
    case 'unread':
      return {
        icon: 'warning',
        text: vscode.l10n.t('File too large'),
        tooltip: vscode.l10n.t(
          'VS Code passes no file above 50 MB to extensions. Use "rowlight predict", "rowlight evaluate" or "rowlight train" on the command line.',
        ),
      };
    case 'too-large':
      return {
        icon: 'warning',
        text: vscode.l10n.t('File too large'),
        tooltip: vscode.l10n.t(
          'This file has {0} characters; Rowlight reads up to {1} in an editor. Use "rowlight predict" on the command line.',
          file.characters.toLocaleString(),
          file.limit.toLocaleString(),
        ),
      };
  }
}
