import * as vscode from 'vscode';
import { StepRow, type RangeEdit } from '../../protocol/label-acts';
import { NextRow } from '../../protocol/labelling';
import { StatusChanged } from '../../protocol/messages';
import type { ServerStatus } from '../../protocol/status';
import { LABEL_KEYS, LABELLING_CONTEXT, LabellingActs } from '../../protocol/labelling-keys';
import type { ClientHolder } from '../client-holder';
import { applyEdits } from './apply-act';
import { guardLabels } from './guard';
import { ModeStatus } from './mode-status';
import { sayNote } from './notes';
import { RowHighlight } from './row-highlight';
import { LabellingSession, type SessionAct, type SessionState } from './session';
import { takeTyping } from './typing';

/** Milliseconds in which the typing of an input method is spoken of once. */
const QUIET = 5000;

/** Labelling mode of this window: at most one file at a time, resting while another file is in front. */
export class LabellingMode implements vscode.Disposable {
  readonly #status = new ModeStatus();
  readonly #highlight = new RowHighlight();
  readonly #changed = new vscode.EventEmitter<SessionState | undefined>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #running: Running | undefined;

  /** Which row comes next: the next one of the file, or the one whose label would tell the most. */
  order: 'file' | 'proposed' = 'proposed';

  /** The session moved on, or ended (undefined). */
  readonly onChange = this.#changed.event;

  constructor(
    private readonly client: ClientHolder,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const { registerCommand } = vscode.commands;
    const on = (command: string, act: (args: { key?: string; rank?: number }) => SessionAct): void => {
      this.#subscriptions.push(
        registerCommand(command, (args?: { key?: string; rank?: number }) => this.press(act(args ?? {}))),
      );
    };
    on(LabellingActs.key, ({ key = '' }) => ({ kind: 'key', key }));
    on(LabellingActs.accept, () => ({ kind: 'accept' }));
    on(LabellingActs.choose, ({ rank = 1 }) => ({ kind: 'choose', rank }));
    for (const kind of ['skip', 'clear', 'up', 'down', 'undo', 'redo', 'leave'] as const) {
      on(LabellingActs[kind], () => ({ kind }));
    }
    client.on(StatusChanged, ({ files }) => this.#follow(files));
    this.#subscriptions.push(
      registerCommand(LabellingActs.hold, () => undefined),
      vscode.window.onDidChangeActiveTextEditor(() => this.#look()),
      vscode.window.onDidChangeTextEditorSelection((event) => this.#moved(event)),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.#running?.document) this.stop();
      }),
      this.#status,
      this.#highlight,
      this.#changed,
    );
  }

  /** The session of a document; undefined where it has none. */
  sessionOf(document: vscode.TextDocument): LabellingSession | undefined {
    return this.#running?.document === document ? this.#running.session : undefined;
  }

  /** Begins with the row under the cursor. */
  async start(editor: vscode.TextEditor): Promise<void> {
    if (this.#running?.document === editor.document) return;
    this.stop();
    const { document } = editor;
    const session = new LabellingSession({
      uri: document.uri.toString(),
      version: () => document.version,
      request: (type, params) => this.client.request(type, params),
      apply: (edits, version) => this.#apply(document, edits, version),
      revert: (kind) => this.#revert(document, kind),
      show: (state) => this.#show(document, state),
      leave: () => this.stop(),
      say: (note) => sayNote(note, this.log),
      next: (from, skipped) => this.#next(document, from, skipped),
      now: () => Date.now(),
    });
    this.#running = { document, session, guard: guardLabels(document), typing: undefined };
    this.#look();
    try {
      await session.begin(editor.selection.active.line);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Ends the mode; what is labelled stays. */
  stop(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    running.guard.dispose();
    running.typing?.dispose();
    void vscode.commands.executeCommand('setContext', LABELLING_CONTEXT, false);
    for (const editor of editorsOf(running.document)) this.#highlight.hide(editor);
    this.#status.hide();
    this.#changed.fire(undefined);
  }

  /** Asks for an act, behind those that are still under way. */
  async press(act: SessionAct): Promise<void> {
    await this.#running?.session.push(act);
  }

  dispose(): void {
    this.stop();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** Reads the current row again where another model, or other columns, predict it now. */
  #follow(files: ServerStatus['files']): void {
    const running = this.#running;
    if (!running) return;
    // The server also tells whether it is busy, which reading the row makes it.
    const now = JSON.stringify(files[running.document.uri.toString()]);
    if (now === running.file) return;
    running.file = now;
    running.session.refresh().catch((error: unknown) => this.log.error(`labelling: ${String(error)}`));
  }

  /** Takes keys and typing while the file is in the active editor, and gives them back while it is not. */
  #look(): void {
    const running = this.#running;
    if (!running) return;
    const here = vscode.window.activeTextEditor?.document === running.document;
    void vscode.commands.executeCommand('setContext', LABELLING_CONTEXT, here);
    if (!here) {
      running.typing?.dispose();
      running.typing = undefined;
      this.#status.hide();
      return;
    }
    if (running.typing === undefined) {
      running.typing = takeTyping(typist(running, this));
      if (!running.typing && !running.warned) {
        running.warned = true;
        void vscode.window.showWarningMessage(
          vscode.l10n.t(
            'Another extension, such as Vim, owns typing in this window. Label keys work; keep off keys that are none.',
          ),
        );
      }
    }
    if (running.session.state.row) this.#show(running.document, running.session.state);
  }

  #show(document: vscode.TextDocument, state: SessionState): void {
    if (this.#running?.document !== document) return;
    const editor = editorOf(document);
    if (editor && state.row) this.#highlight.show(editor, state.row);
    if (vscode.window.activeTextEditor?.document === document) this.#status.show(state);
    this.#changed.fire(state);
  }

  #moved({ textEditor, kind, selections }: vscode.TextEditorSelectionChangeEvent): void {
    const running = this.#running;
    if (textEditor.document !== running?.document || !selections[0]) return;
    const { Keyboard, Mouse } = vscode.TextEditorSelectionChangeKind;
    if (kind === Keyboard || kind === Mouse) void this.press({ kind: 'goto', line: selections[0].active.line });
  }

  async #apply(document: vscode.TextDocument, edits: readonly RangeEdit[], version: number): Promise<boolean> {
    const editor = editorOf(document);
    return editor ? applyEdits(editor, edits, version) : false;
  }

  /** Undoes or redoes in the editor; its change event comes before the command is done. */
  async #revert(document: vscode.TextDocument, kind: 'undo' | 'redo'): Promise<number | undefined> {
    let line: number | undefined;
    const listener = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document) line = event.contentChanges.at(-1)?.range.start.line ?? line;
    });
    await vscode.commands.executeCommand(kind);
    listener.dispose();
    return line;
  }

  /** In the chosen order; where it has no row, as when all were passed over, in that of the file. */
  async #next(
    document: vscode.TextDocument,
    from: number,
    skipped: readonly number[],
  ): Promise<{ readonly row: number } | null> {
    const uri = document.uri.toString();
    if (this.order === 'proposed') {
      const wish = { uri, kind: 'proposed', except: [from, ...skipped] } as const;
      const row = await this.client.request(NextRow, wish).catch((error: unknown) => {
        this.log.warn(`labelling goes by the order of the file: ${String(error)}`);
        return null;
      });
      if (row) return row;
    }
    return this.client.request(StepRow, { uri, from, back: false, unlabelled: true });
  }
}

interface Running {
  readonly document: vscode.TextDocument;
  readonly session: LabellingSession;
  readonly guard: vscode.Disposable;
  typing: vscode.Disposable | undefined;
  /** What the server said last of the file. */
  file?: string | undefined;
  warned?: boolean;
}

function typist({ document }: Running, mode: LabellingMode): Parameters<typeof takeTyping>[0] {
  let spoken = 0;
  return {
    takes: () => vscode.window.activeTextEditor?.document === document,
    typed: (character) => {
      // Full-width forms, as input methods write them.
      const key = character.normalize('NFKC');
      if (LABEL_KEYS.includes(key)) void mode.press({ kind: 'key', key });
    },
    composing: () => {
      if (Date.now() - spoken < QUIET) return;
      spoken = Date.now();
      void vscode.window.showInformationMessage(
        vscode.l10n.t('An input method is on. Switch it to English: label keys are plain letters and digits.'),
      );
    },
  };
}

function editorsOf(document: vscode.TextDocument): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
}

function editorOf(document: vscode.TextDocument): vscode.TextEditor | undefined {
  const active = vscode.window.activeTextEditor;
  return active?.document === document ? active : editorsOf(document)[0];
}
