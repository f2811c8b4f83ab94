import type { ServedState, ServedStatus, ServerAccess } from '../../protocol/server-access';
import { parseServerAddress, type ServerAddress } from '../../protocol/server-address';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { AskOptions } from '../host/client';
import type { ModelRef } from '../host/messages';
import type { Prediction, TextInput } from '../inference/prediction';
import type { ModelCard } from '../lsp/model-of-file';
import { parseResults, parseRevision } from './answers';
import { type Channel, openChannel, Trouble } from './request';
import { findServedModel, lineOf, type ServedModel } from './served-models';
import { type TextBatch, TextJobs } from './text-jobs';

/** What the client of a server works with. */
export interface RemoteParts {
  /** What the user allows with regard to a server. */
  readonly access: (root: string) => Promise<ServerAccess>;
  /** Whether a file is open; else nobody asks whether the server is still the same. */
  readonly wanted: () => boolean;
  /** Called when the state or the number of waiting requests may have changed. */
  readonly onState: () => void;
  /** Called when another model predicts, or one does again: what was decided without it is stale. */
  readonly onModel: () => void;
  readonly log: Log;
  /** Milliseconds before a server that failed is tried again: the first time, and at most. Each time twice as long. */
  readonly backOff?: { readonly first: number; readonly most: number };
  /** Milliseconds between two looks whether the server is there and serves the same model. */
  readonly lookEvery?: number;
}

/** Milliseconds that an answer may take; the server itself gives up after 60 s. */
const PATIENCE = 75_000;

/** Most milliseconds that a server may make us wait. */
const LONGEST_WAIT = 10 * 60_000;

/** Most bytes and texts of a request, and bytes of its answer: small, so that what is urgent does not wait behind it. */
const BATCH = { bytes: 2 ** 20, texts: 64, answer: 8 * 2 ** 20 } as const;

/**
 * The server of `rowlight.server` in the place of the model host: the same question, the same answers, by HTTP. Nothing is sent, the question for its
 * models included, before the user allowed it. A server that fails is left alone for a while, then asked for its models; rows follow when that works.
 */
export class RemoteServer {
  #setting = '';
  #address: ServerAddress | undefined;
  #state: ServedState = 'connecting';
  #message: string | undefined;
  #forbidden = false;
  #model: ServedModel | undefined;
  #channel: { readonly key: string; readonly way: Channel } | undefined;
  readonly #jobs = new TextJobs();
  /** Ends everything that has to do with the address as it is now. */
  #stop = new AbortController();
  #look: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Failures since texts were answered. */
  #failures = 0;
  /** Most texts of a request; halved when they are too many for the server. */
  #most: number = BATCH.texts;
  /** Whether somebody was sent away since a model could be asked. */
  #refused = false;

  constructor(private readonly parts: RemoteParts) {}

  /** How the server is; undefined where the setting names none. */
  get status(): ServedStatus | undefined {
    if (!this.#address) return undefined;
    const { root, host } = this.#address;
    return { root, host, state: this.#state, ...(this.#message === undefined ? {} : { message: this.#message }) };
  }

  /** Whether the user was asked and did not allow the server: it is then as none. */
  get forbidden(): boolean {
    return this.#forbidden;
  }

  /** Whether texts wait for an answer. */
  get busy(): boolean {
    return this.#jobs.busy;
  }

  /**
   * The model of the server that the setting names. Undefined where it names none, and as long as none is known: {@link status} tells why, and
   * `onModel` is called when there is one.
   */
  model(setting: string): ModelCard | undefined {
    if (setting !== this.#setting) this.#follow(setting);
    return this.#model?.card;
  }

  /** As `HostClient.predict`. Rejects with reason `busy` while the server can't be asked. */
  async predict(model: ModelRef, inputs: readonly TextInput[], options: AskOptions<Prediction>): Promise<void> {
    const asked = this.#model;
    if (!asked || model.id !== asked.card.id || !(this.#state === 'ready' || this.#state === 'busy')) {
      this.#refused = true;
      throw this.#why();
    }
    const none = inputs.flatMap((input, at) => (this.#tooLong(input) ? [at] : []));
    if (none.length > 0) options.onValues(none, none.map(() => noAnswer(asked))); // prettier-ignore
    const skipped = new Set(none);
    const places = inputs.map((_, at) => at).filter((at) => !skipped.has(at));
    const work = this.#jobs.add(
      model,
      places.map((at) => inputs[at]!),
      { ...options, onValues: (indices, values) => options.onValues(indices.map((at) => places[at] ?? -1), values) }, // prettier-ignore
    );
    this.#pump();
    this.parts.onState();
    try {
      await work;
    } finally {
      this.parts.onState();
    }
  }

  /** Asks the server again at once. */
  retry(): void {
    if (!this.#address) return;
    this.#failures = 0;
    this.#most = BATCH.texts;
    void this.#ask();
  }

  /** The user may have allowed or forbidden something, or given another key. */
  accessChanged(): void {
    if (!this.#address) return;
    // Nothing more goes out before it is known that it may.
    this.#leave();
    this.#set('connecting');
    this.retry();
  }

  dispose(): void {
    this.#follow('');
  }

  #follow(setting: string): void {
    this.#leave();
    this.#setting = setting;
    this.#address = parseServerAddress(setting);
    this.#model = undefined;
    this.#channel = undefined;
    this.#forbidden = false;
    this.#failures = 0;
    this.#most = BATCH.texts;
    this.#set('connecting');
    if (this.#address) void this.#ask();
  }

  /** Gives up whatever is under way. */
  #leave(): void {
    this.#look?.abort();
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.#stop = new AbortController();
    if (this.#jobs.busy) this.#refused = true;
    this.#jobs.failAll(this.#why());
  }

  /** Asks for the models of the server; what waits goes on when there is one. */
  async #ask(): Promise<void> {
    const address = this.#address;
    if (!address) return;
    this.#look?.abort();
    clearTimeout(this.#timer);
    const look = new AbortController();
    this.#look = look;
    try {
      const access = await this.parts.access(address.root);
      if (look.signal.aborted) return;
      if (!access.allowed) return this.#forbid();
      if (this.#forbidden) {
        this.#forbidden = false;
        this.parts.onModel();
      }
      const found = await findServedModel(address, this.#open(access), look.signal);
      if (look.signal.aborted) return;
      this.#found(found);
    } catch (error) {
      if (!look.signal.aborted) this.#failed(error);
    } finally {
      if (this.#look === look) this.#look = undefined;
    }
  }

  #found(found: ServedModel): void {
    const before = this.#model?.card.id;
    this.#model = found;
    this.#set('ready');
    if (before !== found.card.id) {
      this.parts.log.info('served model', { server: found.card.folder, revision: found.served.revision });
      this.#jobs.failAll(this.#why(), ({ id }) => id !== found.card.id);
    }
    const news = before !== found.card.id || this.#refused;
    this.#refused = false;
    if (news) this.parts.onModel();
    this.#again(this.parts.lookEvery ?? 30_000);
    this.#pump();
  }

  #forbid(): void {
    const news = !this.#forbidden;
    this.#forbidden = true;
    this.#model = undefined;
    this.#channel = undefined;
    this.#set('consent');
    this.#jobs.failAll(this.#why());
    if (news) this.parts.onModel();
  }

  /** Something went wrong: says what, and tries again later. What waits is sent away, but not for a server that only wants some time. */
  #failed(error: unknown): void {
    // The answer to a question from before must not call it well.
    this.#look?.abort();
    const trouble = error instanceof Trouble ? error : new Trouble('unreachable', String(error));
    const kind = trouble.kind === 'too-much' ? 'busy' : trouble.kind;
    this.parts.log.warn('the server did not answer', { server: this.#address?.root, kind, message: trouble.message });
    this.#set(kind, trouble.message);
    if (kind !== 'busy') {
      if (this.#jobs.busy) this.#refused = true;
      this.#jobs.failAll(this.#why());
    }
    if (kind === 'key') return;
    const { first, most } = this.parts.backOff ?? { first: 1000, most: 60_000 };
    const wait = Math.min(most, first * 2 ** Math.min(this.#failures++, 20));
    this.#again(trouble.retryAfter === undefined ? wait : Math.min(LONGEST_WAIT, 1000 * trouble.retryAfter));
  }

  #again(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.parts.wanted() || this.#jobs.busy) void this.#ask();
      else this.#again(milliseconds);
    }, milliseconds).unref();
  }

  /** Sends as much as may be under way. */
  #pump(): void {
    for (;;) {
      const model = this.#model;
      const way = this.#channel?.way;
      if (this.#state !== 'ready' || !model || !way) return;
      const perText = model.served.labels.reduce((sum, label) => sum + Buffer.byteLength(label) + 32, 200);
      const batch = this.#jobs.take({
        texts: Math.max(1, Math.min(this.#most, model.limits.texts, Math.floor(BATCH.answer / perText))),
        bytes: Math.min(BATCH.bytes, model.limits.body / 2),
      });
      if (!batch) return;
      void this.#send(batch, model, way).then(() => this.#pump());
    }
  }

  async #send(batch: TextBatch, model: ServedModel, way: Channel): Promise<void> {
    const stop = this.#stop.signal;
    const signal = AbortSignal.any([batch.signal, stop]);
    const texts = batch.inputs.map(({ text, textB }) => (textB === undefined ? text : [text, textB]));
    try {
      const predictions = await way.ask(model.url, JSON.stringify({ texts }), PATIENCE, signal, (json) =>
        // Another model's answer is read no further: its labels are others.
        parseRevision(json) === model.served.revision ? parseResults(json, model.served, texts.length) : undefined,
      );
      if (signal.aborted) return this.#jobs.giveBack(batch);
      if (!predictions) {
        this.#jobs.giveBack(batch);
        if (this.#model === model && this.#state === 'ready') this.#changed();
        return;
      }
      this.#failures = 0;
      this.#jobs.answered(batch, predictions);
    } catch (error) {
      const tooMuch = !signal.aborted && error instanceof Trouble && error.kind === 'too-much';
      if (tooMuch && batch.indices.length === 1 && error.message.startsWith('HTTP 413'))
        return this.#jobs.answered(batch, [noAnswer(model)]);
      this.#jobs.giveBack(batch);
      // One more that failed together with others says nothing new.
      if (signal.aborted || this.#state !== 'ready') return;
      if (tooMuch && batch.indices.length > 1) this.#most = Math.ceil(batch.indices.length / 2);
      else this.#failed(error);
    }
  }

  /** Another model answered than the one that was listed. */
  #changed(): void {
    // Several servers behind one address may never agree.
    if (this.#failures > 0) return this.#failed(new Trouble('busy', 'its model changes with each answer'));
    this.#failures++;
    this.#set('connecting');
    void this.#ask();
  }

  #open({ key, proxy }: ServerAccess): Channel {
    const name = JSON.stringify([key, proxy]);
    if (this.#channel?.key !== name) {
      const way = openChannel({ ...(key ? { key } : {}), ...(proxy ? { proxy } : {}) });
      this.#channel = { key: name, way };
    }
    return this.#channel.way;
  }

  #tooLong({ text, textB = '' }: TextInput): boolean {
    const { characters = 0 } = this.#model?.limits ?? {};
    return Math.max(text.length, textB.length) > characters;
  }

  #why(): RowlightError {
    return new RowlightError('busy', lineOf(this.#address?.host ?? '', this.#state, this.#message));
  }

  #set(state: ServedState, message?: string): void {
    this.#state = state;
    this.#message = message;
    this.parts.onState();
  }
}

/** A text that the server does not take has no prediction; the others have. */
function noAnswer({ served: { labels } }: ServedModel): Prediction {
  return { label: '', probability: NaN, probabilities: labels.map(() => NaN), truncated: true, tokens: 0 };
}
