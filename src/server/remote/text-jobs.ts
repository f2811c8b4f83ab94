import { RowlightError } from '../errors';
import type { AskOptions } from '../host/client';
import type { ModelRef, Priority } from '../host/messages';
import type { Prediction, TextInput } from '../inference/prediction';

/** Texts that somebody waits for. */
interface Job {
  readonly model: ModelRef;
  readonly inputs: readonly TextInput[];
  readonly priority: Priority;
  /** Places in `inputs` that are not asked for yet, in their order. */
  left: number[];
  /** Requests under way. */
  asked: number;
  readonly stop: AbortController;
  readonly onValues: AskOptions<Prediction>['onValues'];
  readonly settle: (error?: Error) => void;
}

/** Part of a job that goes as one request. */
export interface TextBatch {
  readonly job: Job;
  readonly indices: readonly number[];
  readonly inputs: readonly TextInput[];
  /** Aborts when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** How large a batch may be. */
export interface BatchBounds {
  readonly texts: number;
  /** Bytes of the texts as JSON. */
  readonly bytes: number;
}

/** Requests at a time with which a job of this priority may begin another: background work leaves a place to the rows on the screen, these one to a hover. */
const PLACES: Readonly<Record<Priority, number>> = { hover: 3, visible: 2, background: 1 };

const RANK: Readonly<Record<Priority, number>> = { hover: 2, visible: 1, background: 0 };

/** What waits to be sent to a server: hover before visible rows before background, and of equals the newest, as in the model host. */
export class TextJobs {
  #jobs: Job[] = [];
  #asked = 0;

  /** Whether somebody waits. */
  get busy(): boolean {
    return this.#jobs.length > 0;
  }

  /** Resolves when `onValues` had every text. Rejects as {@link failAll} says, or with reason `cancelled` where `signal` aborts; requests under way are then given up. */
  add(model: ModelRef, inputs: readonly TextInput[], options: AskOptions<Prediction>): Promise<void> {
    return new Promise((resolve, reject) => {
      const { priority, signal, onValues } = options;
      const stop = new AbortController();
      const abort = (): void => job.settle(new RowlightError('cancelled', 'Cancelled.'));
      const settle = (error?: Error): void => {
        this.#jobs = this.#jobs.filter((one) => one !== job);
        signal.removeEventListener('abort', abort);
        stop.abort();
        if (error) reject(error);
        else resolve();
      };
      const left = inputs.map((_, at) => at);
      const job: Job = { model, inputs, priority, left, asked: 0, stop, onValues, settle };
      if (signal.aborted) return abort();
      if (left.length === 0) return resolve();
      signal.addEventListener('abort', abort);
      this.#jobs.push(job);
    });
  }

  /** The next batch that may be sent, which counts as under way until {@link answered} or {@link giveBack}; undefined where none may. */
  take(bounds: BatchBounds): TextBatch | undefined {
    let next: Job | undefined;
    for (const job of this.#jobs) {
      if (job.left.length === 0 || this.#asked >= PLACES[job.priority]) continue;
      if (!next || RANK[job.priority] >= RANK[next.priority]) next = job;
    }
    if (!next) return undefined;
    const indices: number[] = [];
    let bytes = 0;
    for (const at of next.left) {
      const { text, textB = '' } = next.inputs[at]!;
      bytes += Buffer.byteLength(JSON.stringify([text, textB]));
      // One that is too large alone goes alone, and the server says so.
      if (indices.length > 0 && (indices.length >= bounds.texts || bytes > bounds.bytes)) break;
      indices.push(at);
    }
    next.left = next.left.slice(indices.length);
    next.asked++;
    this.#asked++;
    return { job: next, indices, inputs: indices.map((at) => next.inputs[at]!), signal: next.stop.signal };
  }

  /** A batch was answered: its predictions, in the order of its texts. */
  answered({ job, indices }: TextBatch, predictions: readonly Prediction[]): void {
    this.#end(job);
    if (!this.#jobs.includes(job)) return;
    job.onValues(indices, predictions);
    if (job.left.length === 0 && job.asked === 0) job.settle();
  }

  /** A batch was not answered: its texts wait again, before the others of their job. */
  giveBack({ job, indices }: TextBatch): void {
    this.#end(job);
    job.left = [...indices, ...job.left];
  }

  /** Fails what waits: everything, or the jobs that `which` chooses. */
  failAll(error: Error, which: (model: ModelRef) => boolean = () => true): void {
    for (const job of this.#jobs.filter(({ model }) => which(model))) job.settle(error);
  }

  #end(job: Job): void {
    job.asked--;
    this.#asked--;
  }
}
