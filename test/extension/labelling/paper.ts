import { TextDocument } from 'vscode-languageserver-textdocument';
import { StepRow, type RangeEdit } from '../../../src/protocol/label-acts';
import type { RequestType } from '../../../src/protocol/messages';
import {
  LabellingSession,
  type SessionAct,
  type SessionNote,
  type SessionState,
} from '../../../src/extension/labelling/session';
import type { TestClient } from '../../server/support/pair';
import { createConditions } from '../../support/until';

/** A document as the editor holds it, with undo, beside a server; and a labelling session on it. */
export class Paper {
  text: string;
  version = 1;
  readonly notes: SessionNote[] = [];
  readonly shown: SessionState[] = [];
  readonly session: LabellingSession;
  left = false;
  /** Steps of undo: texts before each act. */
  readonly past: string[] = [];
  readonly future: string[] = [];
  /** Called before each request, to let other things happen. */
  before: (method: string) => Promise<void> = () => Promise.resolve();
  /** Milliseconds between two looks at the clock. */
  pace = 1000;
  #time = 0;
  readonly #conditions = createConditions();

  constructor(
    private readonly client: TestClient,
    readonly uri: string,
    text: string,
  ) {
    this.text = text;
    client.open(uri, text);
    this.session = new LabellingSession({
      uri,
      version: () => this.version,
      request: (type, params) => this.#request(type, params),
      apply: (edits, version) => Promise.resolve(this.apply(edits, version)),
      revert: (kind) => Promise.resolve(this.#revert(kind)),
      show: (state) => {
        this.shown.push(state);
        this.#conditions.wake();
      },
      leave: () => {
        this.left = true;
      },
      say: (note) => void this.notes.push(note),
      next: (from) => this.#request(StepRow, { uri, from, back: false, unlabelled: true }),
      now: () => (this.#time += this.pace),
    });
  }

  /** Asks for acts one after the other without waiting for any; resolves when all are done. */
  async press(...acts: SessionAct[]): Promise<void> {
    await Promise.all(acts.map((act) => this.session.push(act)));
  }

  /**
   * Resolves when `condition` holds; it is looked at whenever the session shows something. The client's own `until` looks after notifications
   * alone: an answer that comes behind the last of them would never be seen.
   */
  until(condition: () => boolean): Promise<void> {
    return this.#conditions.until(condition);
  }

  get row(): number | undefined {
    return this.session.state.row?.row;
  }

  apply(edits: readonly RangeEdit[], version: number): boolean {
    if (version !== this.version) return false;
    this.past.push(this.text);
    this.future.length = 0;
    this.#become(edits);
    return true;
  }

  /** An edit of somebody else. */
  edit(...edits: RangeEdit[]): void {
    this.#become(edits);
  }

  #become(edits: readonly RangeEdit[]): void {
    const document = TextDocument.create(this.uri, 'tsv', this.version, this.text);
    this.text = TextDocument.applyEdits(
      document,
      edits.map(({ range, text }) => ({ range, newText: text })),
    );
    this.version++;
    const changes = edits.map(({ range, text }) => ({ range, text })).reverse();
    this.client.change(this.uri, ...changes);
  }

  #revert(kind: 'undo' | 'redo'): number | undefined {
    const [from, to] = kind === 'undo' ? [this.past, this.future] : [this.future, this.past];
    const text = from.pop();
    if (text === undefined) return undefined;
    to.push(this.text);
    const old = this.text.split('\n');
    const line = text.split('\n').findIndex((content, at) => content !== old[at]);
    this.text = text;
    this.version++;
    this.client.change(this.uri, { text });
    return line;
  }

  async #request<Params, Result>(type: RequestType<Params, Result>, params: Params): Promise<Result> {
    await this.before(type.method);
    return this.client.request(type, params);
  }
}
