import * as vscode from 'vscode';
import { Commands } from '../../protocol/commands';
import { GetRow, type RowSnapshot } from '../../protocol/label-acts';
import { LANGUAGE_IDS } from '../../protocol/languages';
import { StatusChanged } from '../../protocol/messages';
import type { CardState, FromCard, ToCard } from '../../protocol/row-card';
import { showFailure } from '../commands/registry';
import type { Context } from '../context';
import { applyAct } from '../labelling/apply-act';
import { prepareWebview } from '../webview-parts';
import { cardHtml } from './card-html';
import { cardState } from './card-state';

/** Id of the view; `package.json` says the same. */
const VIEW = 'rowlight.rowCard';

/** Milliseconds that the cursor must rest before its row is asked for. */
const REST = 60;

/** The row card: the row under the cursor, or the one to label, with its labels to press. It lives in the side bar and edits through the document. */
export class RowCard implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #subscriptions: vscode.Disposable[] = [];
  #view: vscode.WebviewView | undefined;
  #state: CardState = nothing();
  /** The editor whose row is shown: the view itself takes the focus without taking that away. */
  #editor: vscode.TextEditor | undefined;
  /** What the server said last of that editor's file. */
  #file: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #asked = 0;

  constructor(private readonly context: Context) {
    const { labelling, client } = context;
    this.#subscriptions.push(
      vscode.window.registerWebviewViewProvider(VIEW, this),
      labelling.onChange(() => this.#soon(0)),
      vscode.window.onDidChangeActiveTextEditor(() => this.#soon(0)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) this.#soon(REST);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === this.#editor?.document) this.#soon(REST);
      }),
    );
    client.on(StatusChanged, ({ files }) => {
      // Only another model or other columns change a row: the server also tells whether it is busy, which reading the row makes it.
      const now = JSON.stringify(files[this.#editor?.document.uri.toString() ?? '']);
      if (now === this.#file) return;
      this.#file = now;
      this.#soon(REST);
    });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const parts = prepareWebview(view.webview, this.context.extension.extensionUri, 'row-card');
    view.webview.onDidReceiveMessage((message: FromCard) => this.#hear(message));
    view.onDidChangeVisibility(() => this.#soon(0));
    view.onDidDispose(() => {
      this.#view = undefined;
    });
    view.webview.html = cardHtml(parts);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** Brings the card up to date after a moment, once for many changes; a card that nobody sees asks for nothing. */
  #soon(delay: number): void {
    clearTimeout(this.#timer);
    if (!this.#view?.visible) return;
    this.#timer = setTimeout(() => {
      this.#update().catch((error: unknown) => this.context.log.error(`row card: ${String(error)}`));
    }, delay);
  }

  async #update(): Promise<void> {
    const turn = ++this.#asked;
    const editor = this.#currentEditor();
    this.#editor = editor;
    const session = editor && this.context.labelling.sessionOf(editor.document);
    const current = session?.state;
    if (!editor) return this.#show(nothing());
    const uri = editor.document.uri.toString();
    const draw = (row: RowSnapshot): void =>
      this.#show(cardState(uri, row, { mode: session !== undefined, perMinute: current?.perMinute }));
    if (current?.row) return draw(current.row);
    const { line } = editor.selection.active;
    const read = (at: number, wait: boolean): Promise<RowSnapshot | null> =>
      this.context.client.request(GetRow, { uri, at: { line: at }, wait });
    for (const wait of [false, true]) {
      // A file opens with the cursor on its header: its first row is shown then.
      const row = (await read(line, wait)) ?? (line === 0 ? await read(1, wait) : null);
      if (turn !== this.#asked) return;
      if (!row) return this.#show({ kind: 'none', message: vscode.l10n.t('No row of data is under the cursor.') });
      draw(row);
      if (row.model === undefined || row.choices[0]?.probability !== undefined) return;
    }
  }

  /** The editor in front; while something that is no editor has the focus, the one that was. */
  #currentEditor(): vscode.TextEditor | undefined {
    const active = vscode.window.activeTextEditor;
    if (active) return isData(active) ? active : undefined;
    return vscode.window.visibleTextEditors.find((editor) => editor.document === this.#editor?.document);
  }

  #show(state: CardState): void {
    this.#state = state;
    const message: ToCard = { type: 'show', state };
    void this.#view?.webview.postMessage(message);
  }

  #hear(message: FromCard): void {
    switch (message.type) {
      case 'ready':
        this.#show(this.#state);
        this.#soon(0);
        break;
      case 'label':
        this.#label(message).catch((error: unknown) => {
          void showFailure(error instanceof Error ? error.message : String(error));
        });
        break;
      case 'start':
        void this.#start();
        break;
    }
  }

  /** Labels the row that was shown; a row that has changed since is shown anew instead. */
  async #label({ uri, version, row, label }: Extract<FromCard, { type: 'label' }>): Promise<void> {
    const editor = this.#currentEditor();
    if (editor?.document.uri.toString() !== uri) return;
    const session = this.context.labelling.sessionOf(editor.document);
    if (session) return session.push({ kind: 'label', label, row, version });
    const found = await this.context.client.request(GetRow, { uri, at: { row }, wait: false });
    const stale = (): Error => new Error(vscode.l10n.t('The file changed meanwhile; nothing was labelled. Try again.'));
    await applyAct(this.context.client, editor, () => {
      // No second try either: another row may stand there now.
      if (found?.version !== version || editor.document.version !== version) throw stale();
      return { kind: 'set', label, lines: [found.lines] };
    });
  }

  async #start(): Promise<void> {
    const editor = this.#currentEditor();
    if (!editor) return;
    const classes = this.#state.kind === 'row' && this.#state.top.length > 0;
    // Keys are the editor's.
    await vscode.window.showTextDocument(editor.document, {
      viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active,
    });
    await vscode.commands.executeCommand(classes ? Commands.startLabelling : Commands.labelFile);
  }
}

function nothing(): CardState {
  return { kind: 'none', message: vscode.l10n.t('Open a TSV or CSV file to see its rows here.') };
}

function isData({ document }: vscode.TextEditor): boolean {
  return (LANGUAGE_IDS as readonly string[]).includes(document.languageId);
}
