import { LRUCache } from 'lru-cache';
import { RowlightError } from '../errors';
import type { TextInput } from '../inference/prediction';
import type { AskOptions } from './client';
import type { ModelRef, Priority } from './messages';

/** One request under way; several askers may wait for it, and it is cancelled when the last of them has gone. */
interface Flight {
  readonly promise: Promise<void>;
  readonly controller: AbortController;
  readonly rank: number;
  waiters: number;
}

const RANK: Record<Priority, number> = { background: 0, visible: 1, hover: 2 };

/** What a model makes of texts, and how much of it is kept. */
export interface TextCacheParts<Value> {
  /** Computes values; as `HostClient.predict`. */
  readonly ask: (model: ModelRef, inputs: readonly TextInput[], options: AskOptions<Value>) => Promise<void>;
  /** Bytes of a value, roughly. */
  readonly bytesOf: (value: Value) => number;
  /** Bytes that are kept, texts included; the values that were used longest ago go first. */
  readonly budget: number;
}

/**
 * What models make of texts, by (model, text), computed by the host when it is wanted for the first time. A text that is already under way at
 * the same or a higher priority isn't asked for twice.
 */
export class TextCache<Value extends object> {
  readonly #ask: TextCacheParts<Value>['ask'];
  readonly #cache: LRUCache<string, Value>;
  readonly #flights = new Map<string, Flight>();

  constructor({ ask, bytesOf, budget }: TextCacheParts<Value>) {
    this.#ask = ask;
    this.#cache = new LRUCache({
      maxSize: budget,
      sizeCalculation: (value, key) => 200 + 2 * key.length + bytesOf(value),
    });
  }

  /** The value if it is known. */
  get(model: ModelRef, input: TextInput): Value | undefined {
    return this.#cache.get(keyOf(model, input));
  }

  /**
   * Resolves when all `inputs` can be got; rejects as the host does. Aborting `signal` rejects with reason `cancelled` and stops what nobody
   * else waits for.
   */
  async want(model: ModelRef, inputs: readonly TextInput[], priority: Priority, signal: AbortSignal): Promise<void> {
    const flights = new Set<Flight>();
    const missing = new Map<string, TextInput>();
    for (const input of inputs) {
      const key = keyOf(model, input);
      if (missing.has(key) || this.#cache.has(key)) continue;
      const flight = this.#flights.get(key);
      if (flight && flight.rank >= RANK[priority] && !flight.controller.signal.aborted) flights.add(flight);
      else missing.set(key, input);
    }
    if (signal.aborted) throw cancelled();
    if (missing.size > 0) flights.add(this.#launch(model, missing, priority));
    for (const flight of flights) flight.waiters++;
    let abort = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(cancelled());
    });
    signal.addEventListener('abort', abort);
    try {
      await Promise.race([Promise.all([...flights].map((flight) => flight.promise)), aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
      for (const flight of flights) {
        flight.waiters--;
        if (flight.waiters === 0) flight.controller.abort();
      }
    }
  }

  #launch(model: ModelRef, missing: Map<string, TextInput>, priority: Priority): Flight {
    const keys = [...missing.keys()];
    const controller = new AbortController();
    const promise = this.#ask(model, [...missing.values()], {
      priority,
      signal: controller.signal,
      onValues: (indices, values) => {
        indices.forEach((index, i) => {
          const key = keys[index];
          const value = values[i];
          if (key !== undefined && value) this.#cache.set(key, value);
        });
      },
    }).finally(() => {
      for (const key of keys) if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    // Whoever waits sees the failure; a flight that was left by all has nobody to see it.
    promise.catch(() => undefined);
    const flight: Flight = { promise, controller, rank: RANK[priority], waiters: 0 };
    for (const key of keys) this.#flights.set(key, flight);
    return flight;
  }
}

function cancelled(): RowlightError {
  return new RowlightError('cancelled', 'Cancelled.');
}

function keyOf(model: ModelRef, input: TextInput): string {
  return `${model.id}\0${input.text}\0${input.textB ?? ''}`;
}
