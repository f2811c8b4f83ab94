import type { Clock } from '../env';
import type { ModelRef } from '../host/messages';
import type { TextInput } from '../inference/prediction';
import { LIMITS } from './limits';
import { Refusal } from './refusal';

/** What is asked of a model: equal keys may share a batch. */
export interface Lane {
  readonly key: string;
  readonly model: ModelRef;
  /** Computes texts; `onValues` gets what is done as it comes: `values[i]` is that of `inputs[indices[i]]`. */
  readonly compute: (
    inputs: readonly TextInput[],
    onValues: (indices: readonly number[], values: readonly unknown[]) => void,
  ) => Promise<void>;
}

/** Part of a request that is computed at once. */
interface Piece {
  readonly lane: Lane;
  readonly inputs: readonly TextInput[];
  readonly cost: number;
  /** What comes first: arrival in milliseconds, and a millisecond later for each token, so that small requests overtake large ones, for a while. */
  readonly rank: number;
  readonly resolve: (values: readonly unknown[]) => void;
  readonly reject: (error: unknown) => void;
  /** Nobody waits for it any more. */
  dropped: boolean;
}

/** Tokens of a batch, roughly: some times the model's own batch, so that it finds texts of like length. */
const BATCH_TOKENS = 8192;

/** Batches at the host at most: one that computes, one that waits behind it. */
const IN_FLIGHT = 2;

/**
 * Milliseconds of work that is left at the host when the next batch goes there. So late as it can be without a pause, since what comes meanwhile
 * joins the batch, and the more texts one has, the less of it is padding.
 */
const LEAD = 10;

/** What a queue tells of itself. */
export interface QueueState {
  readonly waiting: number;
  readonly inFlight: number;
}

/**
 * Gathers the texts of all requests into batches for the model host while it computes. A large request goes in pieces, between which others pass.
 * When too many texts wait, more are refused with 429 and the seconds that those will take.
 */
export class BatchQueue {
  #waiting: Piece[] = [];
  #rows = 0;
  #inFlight = 0;
  /** Tokens at the host that are not computed yet. */
  #ahead = 0;
  /** When the host was last seen to be done with a batch. */
  #idleSince = 0;
  /** Pieces that wait or are computed, by model. */
  readonly #uses = new Map<string, number>();
  readonly #retired = new Map<string, { model: ModelRef; release: () => void }>();
  /** Tokens a millisecond, lately. */
  #pace = 1;

  constructor(
    private readonly clock: Clock,
    private readonly onBatch: (texts: number) => void = () => undefined,
    private readonly limits: { readonly waiting: number; readonly deadline: number } = LIMITS,
  ) {}

  get state(): QueueState {
    return { waiting: this.#rows, inFlight: this.#inFlight };
  }

  /** The values of texts. Rejects with a `Refusal` (429, 504), as the host does, or when `signal` aborts: then nothing more is computed for it. */
  async ask<Value>(lane: Lane, inputs: readonly TextInput[], signal: AbortSignal): Promise<Value[]> {
    if (this.#rows > 0 && this.#rows + inputs.length > this.limits.waiting) {
      const cost = this.#waiting.reduce((sum, piece) => sum + piece.cost, 0);
      const seconds = Math.min(60, Math.max(1, Math.ceil(cost / this.#pace / 1000)));
      throw new Refusal(429, 'Overloaded', `${this.#rows} texts wait already; try again in ${seconds} s`, seconds);
    }
    const pieces: Piece[] = [];
    const values = cut(inputs).map(
      ({ inputs: part, cost }) =>
        new Promise<readonly unknown[]>((resolve, reject) => {
          pieces.push({ lane, inputs: part, cost, rank: this.clock.now() + cost, resolve, reject, dropped: false });
        }),
    );
    let stop = (_: Refusal): void => undefined;
    const stopped = new Promise<never>((_, reject) => (stop = reject));
    const late = setTimeout(() => {
      stop(
        new Refusal(504, 'Timeout', `no answer within ${this.limits.deadline / 1000} s; send fewer texts at a time`),
      );
    }, this.limits.deadline);
    const leave = (): void => stop(new Refusal(499, 'Cancelled', 'the client has gone'));
    signal.addEventListener('abort', leave);
    for (const piece of pieces) this.#add(piece);
    // After the other requests that were read together with this one.
    setImmediate(() => this.#send());
    try {
      return (await Promise.race([Promise.all(values), stopped])).flat() as Value[];
    } finally {
      clearTimeout(late);
      signal.removeEventListener('abort', leave);
      for (const promise of values) promise.catch(() => undefined);
      for (const piece of pieces) piece.dropped = true;
    }
  }

  /** Calls back once nothing is computed with a model and nothing waits for it. */
  retire(model: ModelRef, release: () => void): void {
    this.#retired.set(model.id, { model, release });
    this.#releaseUnused(model.id);
  }

  #add(piece: Piece): void {
    const at = this.#waiting.findIndex(({ rank }) => rank > piece.rank);
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, piece);
    this.#rows += piece.inputs.length;
    this.#uses.set(piece.lane.model.id, (this.#uses.get(piece.lane.model.id) ?? 0) + 1);
  }

  #send(): void {
    while (this.#inFlight === 0 || (this.#inFlight < IN_FLIGHT && this.#ahead <= LEAD * this.#pace)) {
      const batch = this.#take();
      if (batch.length === 0) return;
      this.#inFlight++;
      void this.#compute(batch).finally(() => {
        this.#inFlight--;
        this.#send();
      });
    }
  }

  /** The first piece, and as many behind it of its lane as fit a batch; what nobody waits for is left out. */
  #take(): Piece[] {
    const batch: Piece[] = [];
    const left: Piece[] = [];
    let cost = 0;
    for (const piece of this.#waiting) {
      if (piece.dropped) {
        this.#rows -= piece.inputs.length;
        this.#unused(piece);
      } else if (batch.length === 0 || (piece.lane.key === batch[0]!.lane.key && cost + piece.cost <= BATCH_TOKENS)) {
        batch.push(piece);
        cost += piece.cost;
        this.#rows -= piece.inputs.length;
      } else left.push(piece);
    }
    this.#waiting = left;
    return batch;
  }

  async #compute(batch: readonly Piece[]): Promise<void> {
    const places = batch.flatMap((piece) => piece.inputs.map((input, at) => ({ piece, at, cost: costOf(input) })));
    const answers = new Map(batch.map((piece) => [piece, { values: [] as unknown[], left: piece.inputs.length }]));
    let tokens = places.reduce((sum, { cost }) => sum + cost, 0);
    const all = tokens;
    this.#ahead += all;
    const sent = this.clock.now();
    try {
      await batch[0]!.lane.compute(
        places.map(({ piece, at }) => piece.inputs[at]!),
        (indices, values) => {
          indices.forEach((index, i) => {
            const { piece, at, cost } = places[index]!;
            const answer = answers.get(piece)!;
            answer.values[at] = values[i];
            tokens -= cost;
            this.#ahead -= cost;
            if (--answer.left === 0) piece.resolve(answer.values);
          });
          // The requests that these answers make room for may still join the next batch.
          setImmediate(() => this.#send());
        },
      );
      this.#pace = 0.8 * this.#pace + (0.2 * all) / Math.max(1, this.clock.now() - Math.max(sent, this.#idleSince));
      this.onBatch(places.length);
    } catch (error) {
      for (const piece of batch) piece.reject(error);
    } finally {
      this.#ahead -= tokens;
      this.#idleSince = this.clock.now();
      for (const piece of batch) this.#unused(piece);
    }
  }

  #unused({ lane: { model } }: Piece): void {
    this.#uses.set(model.id, this.#uses.get(model.id)! - 1);
    this.#releaseUnused(model.id);
  }

  #releaseUnused(id: string): void {
    if ((this.#uses.get(id) ?? 0) > 0) return;
    this.#uses.delete(id);
    this.#retired.get(id)?.release();
    this.#retired.delete(id);
  }
}

/** Tokens of a text, roughly; what lies behind any length limit costs nothing. */
function costOf({ text, textB }: TextInput): number {
  return 2 + Math.min(text.length + (textB?.length ?? 0), 510);
}

/** Texts in parts of at most a batch. */
function cut(inputs: readonly TextInput[]): { inputs: TextInput[]; cost: number }[] {
  const parts: { inputs: TextInput[]; cost: number }[] = [];
  for (const input of inputs) {
    const cost = costOf(input);
    const last = parts.at(-1);
    if (last && last.cost + cost <= BATCH_TOKENS) {
      last.inputs.push(input);
      last.cost += cost;
    } else parts.push({ inputs: [input], cost });
  }
  return parts;
}
