import {
  GetLabelEdits,
  GetRow,
  StepRow,
  type LabelAct,
  type RangeEdit,
  type RowPlace,
  type RowSnapshot,
} from '../../protocol/label-acts';
import type { RequestType } from '../../protocol/messages';
import { createSpeed } from './speed';

/** What a key or a click asks for. */
export type SessionAct =
  /** The label with this key. */
  | { readonly kind: 'key'; readonly key: string }
  /** A label of the card, for the row that the card shows. */
  | { readonly kind: 'label'; readonly label: string; readonly row: number; readonly version: number }
  /** What is predicted: the most probable label, or of several labels a row the predicted set, unless somebody has labelled the row already. */
  | { readonly kind: 'accept' }
  /** The label at this place of the model's order, from 1. */
  | { readonly kind: 'choose'; readonly rank: number }
  | { readonly kind: 'skip' | 'clear' | 'up' | 'down' | 'undo' | 'redo' | 'leave' }
  /** The cursor was put on another line. */
  | { readonly kind: 'goto'; readonly line: number };

/** What the labeller is told. */
export type SessionNote =
  | { readonly kind: 'no-such-key'; readonly key: string }
  | { readonly kind: 'not-predicted' }
  /** The file was changed in another way; nothing was labelled. */
  | { readonly kind: 'stale' }
  /** No unlabelled row is left. */
  | { readonly kind: 'all-done' }
  | { readonly kind: 'failed'; readonly message: string };

/** How labelling stands. */
export interface SessionState {
  /** The row to label; undefined where the file has none. */
  readonly row: RowSnapshot | undefined;
  /** Rows a minute over the last acts. */
  readonly perMinute: number | undefined;
}

/** What a session works on: the editor and the server. */
export interface SessionPorts {
  readonly uri: string;
  /** The document's version now. */
  version(): number;
  request<Params, Result>(type: RequestType<Params, Result>, params: Params): Promise<Result>;
  /** Applies edits of this version as one undo step; false where the document has moved on. */
  apply(edits: readonly RangeEdit[], version: number): Promise<boolean>;
  /** Undoes or redoes one step; the line that it changed, undefined where there was none. */
  revert(kind: 'undo' | 'redo'): Promise<number | undefined>;
  /** Draws the state: called at each change. */
  show(state: SessionState): void;
  /** Ends the mode. */
  leave(): void;
  say(note: SessionNote): void;
  /** Which row comes after an act; null where none is left. `skipped`: rows that were passed over in this session. */
  next(from: number, skipped: readonly number[]): Promise<{ readonly row: number } | null>;
  /** Milliseconds. */
  now(): number;
}

/** What was predicted for a row, and since when. */
interface Seen {
  readonly since: number;
  readonly choices: RowSnapshot['choices'];
  /** The predicted cell, where rows have several labels. */
  readonly set: string | undefined;
}

/** Milliseconds that nobody needs less of to see that a suggestion is another, and to press a key for it. */
const REACTION = 200;

/**
 * Labels rows one after the other. Acts are done strictly in the order in which they were asked for, each on the row that the one before
 * led to, however late the server answers. An act that can't be done drops those that were asked for behind it: they were meant for rows
 * that are not reached.
 */
export class LabellingSession {
  #row: RowSnapshot | undefined;
  /** What was predicted for the current row, and since when, as far back as a press may have been meant for it. */
  #history: Seen[] = [];
  #queue: SessionAct[] = [];
  #working: Promise<void> | undefined;
  readonly #speed = createSpeed();
  readonly #skipped = new Set<number>();

  constructor(private readonly ports: SessionPorts) {}

  get state(): SessionState {
    return { row: this.#row, perMinute: this.#speed.perMinute() };
  }

  /** Begins on a line: at its row if that has no label, else at the next one that has none. */
  async begin(line: number): Promise<void> {
    const here = await this.#read({ line });
    if (here && here.label === undefined) return this.#enter(here);
    const next = await this.ports.next(here?.row ?? 0, []);
    this.#enter((next && (await this.#read({ row: next.row }))) ?? here);
    if (!next) this.ports.say({ kind: 'all-done' });
  }

  /** Asks for an act; resolves when all that was asked for is done. */
  push(act: SessionAct): Promise<void> {
    this.#queue.push(act);
    this.#working ??= this.#work();
    return this.#working;
  }

  /** Reads the current row again: labels, predictions or the text of the file may have changed. */
  async refresh(): Promise<void> {
    await this.#working;
    if (this.#working || !this.#row) return;
    const { row } = this.#row;
    const fresh = await this.#read({ row });
    if (!this.#working && fresh && this.#row.row === row) this.#enter(fresh);
  }

  async #work(): Promise<void> {
    for (let act = this.#queue.shift(); act; act = this.#queue.shift()) {
      try {
        const note = await this.#do(act);
        if (!note) continue;
        this.ports.say(note);
        if (note.kind !== 'all-done') this.#queue = [];
        if (note.kind === 'stale' && this.#row) this.#enter(await this.#read({ row: this.#row.row }));
      } catch (error) {
        this.ports.say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
        this.#queue = [];
      }
    }
    this.#working = undefined;
  }

  async #do(act: SessionAct): Promise<SessionNote | undefined> {
    switch (act.kind) {
      case 'key': {
        const choice = this.#row?.choices.find(({ key }) => key === act.key);
        return choice ? this.#label(choice.name) : { kind: 'no-such-key', key: act.key };
      }
      case 'label':
        // The card may still show a former row.
        if (act.row !== this.#row?.row || act.version !== this.#row.version) return { kind: 'stale' };
        return this.#label(act.label);
      case 'accept':
        return this.#row?.several ? this.#acceptSet() : this.#do({ kind: 'choose', rank: 1 });
      case 'choose': {
        const choice = (this.#seen()?.choices ?? (await this.#predicted())?.choices)?.[act.rank - 1];
        if (choice?.probability === undefined) return { kind: 'not-predicted' };
        return this.#label(choice.name);
      }
      case 'clear':
        return this.#clear();
      case 'skip':
        if (this.#row) this.#skipped.add(this.#row.row);
        return this.#advance();
      case 'up':
      case 'down':
        return this.#step(act.kind === 'up');
      case 'undo':
      case 'redo': {
        const line = await this.ports.revert(act.kind);
        if (line !== undefined) this.#enter((await this.#read({ line })) ?? this.#row);
        return undefined;
      }
      case 'goto':
        return this.#goto(act.line);
      case 'leave':
        this.ports.leave();
        return undefined;
    }
  }

  async #label(label: string): Promise<SessionNote | undefined> {
    const several = this.#row?.several !== undefined;
    const refused = await this.#edit((lines) => ({ kind: 'set', label, lines }));
    if (refused) return refused;
    // A row that may have more labels is not done yet.
    return several ? this.#stay() : this.#done();
  }

  /** The predicted set goes into a row without a label; one that has labels is done as it is. */
  async #acceptSet(): Promise<SessionNote | undefined> {
    if (this.#row?.label !== undefined) return this.#done();
    const label = this.#seen()?.set ?? (await this.#predicted())?.several?.predicted;
    if (label === undefined) return { kind: 'not-predicted' };
    return (await this.#edit((lines) => ({ kind: 'set', label, lines, whole: true }))) ?? this.#done();
  }

  async #clear(): Promise<SessionNote | undefined> {
    return (await this.#edit((lines) => ({ kind: 'clear', lines }))) ?? this.#stay();
  }

  /** The row is labelled: the next one. */
  #done(): Promise<SessionNote | undefined> {
    this.#speed.add(this.ports.now());
    return this.#advance();
  }

  /** The row as it is now. */
  async #stay(): Promise<undefined> {
    if (this.#row) this.#enter(await this.#read({ row: this.#row.row }));
  }

  /** Edits the label cell of the current row; the second try is for an edit of somebody else in between. */
  async #edit(act: (lines: RowSnapshot['lines'][]) => LabelAct): Promise<SessionNote | undefined> {
    for (let tries = 0; tries < 2; tries++) {
      const row = await this.#sure();
      if (!row) return { kind: 'stale' };
      const { uri } = this.ports;
      const { version } = row;
      const answer = await this.ports.request(GetLabelEdits, { uri, version, act: act([row.lines]) });
      if (!answer || this.ports.version() !== answer.version) continue;
      if (answer.edits.length === 0 || (await this.ports.apply(answer.edits, answer.version))) return undefined;
    }
    return { kind: 'stale' };
  }

  /** The current row in the document as it is now; undefined where another text stands in its place. */
  async #sure(): Promise<RowSnapshot | undefined> {
    const row = this.#row;
    if (!row || row.version === this.ports.version()) return row;
    const again = await this.#read({ row: row.row });
    if (!again || again.text !== row.text || again.textB !== row.textB) return undefined;
    this.#row = again;
    return again;
  }

  /** The prediction that whoever presses now has seen, where there is any. */
  #seen(): Seen | undefined {
    const then = this.ports.now() - REACTION;
    return this.#history.findLast(({ since }) => since <= then) ?? this.#history[0];
  }

  /** Remembers what is shown of the current row. */
  #remember(former: RowSnapshot | undefined): void {
    const row = this.#row;
    if (!row || former?.row !== row.row || row.choices[0]?.probability === undefined) this.#history = [];
    if (!row || row.choices[0]?.probability === undefined) return;
    const now = this.ports.now();
    const seen = this.#history.findLastIndex(({ since }) => since <= now - REACTION);
    this.#history = [
      ...this.#history.slice(Math.max(0, seen)),
      { since: now, choices: row.choices, set: row.several?.predicted },
    ];
  }

  /** The row with its prediction, which is waited for; undefined where there is no row. */
  async #predicted(): Promise<RowSnapshot | undefined> {
    let row = this.#row;
    if (row && row.choices[0]?.probability === undefined && row.model !== undefined) {
      row = (await this.#read({ row: row.row }, true)) ?? row;
    }
    return row;
  }

  async #advance(): Promise<SessionNote | undefined> {
    const from = this.#row?.row ?? 0;
    const next = await this.ports.next(from, [...this.#skipped]);
    this.#enter((await this.#read({ row: next?.row ?? from })) ?? this.#row);
    return next ? undefined : { kind: 'all-done' };
  }

  async #step(back: boolean): Promise<undefined> {
    const { uri } = this.ports;
    const from = this.#row?.row ?? 0;
    const next = await this.ports.request(StepRow, { uri, from, back, unlabelled: false });
    const row = next && (await this.#read(next));
    if (row) this.#enter(row);
    return undefined;
  }

  async #goto(line: number): Promise<undefined> {
    const row = await this.#read({ line });
    if (row && row.row !== this.#row?.row) this.#enter(row);
    return undefined;
  }

  #read(at: RowPlace, wait = false): Promise<RowSnapshot | null> {
    return this.ports.request(GetRow, { uri: this.ports.uri, at, wait });
  }

  #enter(row: RowSnapshot | null | undefined): void {
    const former = this.#row;
    this.#row = row ?? undefined;
    this.#remember(former);
    this.ports.show(this.state);
    if (row && row.model !== undefined && row.choices[0]?.probability === undefined) void this.#await(row);
  }

  /** Shows the prediction of a row when it comes, if the row is still the current one. */
  async #await({ row, version }: RowSnapshot): Promise<void> {
    const full = await this.#read({ row }, true).catch(() => null);
    if (!full || full.version !== version || this.#row?.row !== row || this.#row.version !== version) return;
    this.#row = full;
    this.#remember(full);
    this.ports.show(this.state);
  }
}
