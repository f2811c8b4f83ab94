import type { TextInput } from '../inference/prediction';
import type { Pooling } from '../model/pooling';
import type { ModelRef, Priority } from './messages';

/** A request to predict or to encode texts, with what is still to do. */
export type Job = AnyJob & ({ readonly type: 'predict' } | { readonly type: 'encode'; readonly pooling: Pooling });

interface AnyJob {
  readonly id: number;
  readonly model: ModelRef;
  readonly priority: Priority;
  readonly inputs: readonly TextInput[];
  /** How many inputs were done already; they are done in order. */
  done: number;
}

/** Part of a job to compute without a pause. */
export interface Slice {
  readonly job: Job;
  readonly from: number;
  readonly to: number;
}

const ORDER: Record<Priority, number> = { hover: 0, visible: 1, background: 2 };

/**
 * Waiting requests, in the order in which a slice of them is computed: by priority, then the newest first, or the oldest where nobody looks at a
 * screen. A slice is as much of the
 * first job as is expected to take `budget` milliseconds, from the measured time per character of each model and act, so that nothing urgent waits
 * longer than that. Pure but for the times that the caller reports.
 */
export class JobQueue {
  readonly #jobs: Job[] = [];
  /** Milliseconds per character, by what is done and by model id; an average that forgets. */
  readonly #pace = new Map<string, number>();

  constructor(
    readonly budget = 100,
    readonly order: 'newest' | 'oldest' = 'newest',
  ) {}

  get size(): number {
    return this.#jobs.length;
  }

  add(job: Job): void {
    const before = this.#jobs.findIndex((other) =>
      this.order === 'newest'
        ? ORDER[other.priority] >= ORDER[job.priority]
        : ORDER[other.priority] > ORDER[job.priority],
    );
    this.#jobs.splice(before < 0 ? this.#jobs.length : before, 0, job);
  }

  /** Forgets a job, begun or not. */
  remove(id: number): void {
    const at = this.#jobs.findIndex((job) => job.id === id);
    if (at >= 0) this.#jobs.splice(at, 1);
  }

  has(id: number): boolean {
    return this.#jobs.some((job) => job.id === id);
  }

  /** What to compute now; undefined when nothing waits. A slice has at least one input, and at most eight before the pace is known. */
  next(): Slice | undefined {
    const job = this.#jobs[0];
    if (!job) return undefined;
    const pace = this.#pace.get(paceKey(job));
    const most = this.budget === Infinity ? Infinity : pace === undefined ? 8 : 512;
    let cost = 0;
    let to = job.done;
    while (to < job.inputs.length && to - job.done < most) {
      cost += characters(job.inputs[to]) * (pace ?? 0);
      if (to > job.done && cost > this.budget) break;
      to++;
    }
    return { job, from: job.done, to };
  }

  /** Notes that a slice was computed in `milliseconds`; its job leaves the queue when nothing of it is left. */
  finished(slice: Slice, milliseconds: number): { complete: boolean } {
    let total = 0;
    for (let i = slice.from; i < slice.to; i++) total += characters(slice.job.inputs[i]);
    const measured = milliseconds / Math.max(total, 1);
    const known = this.#pace.get(paceKey(slice.job));
    // A slower slice counts at once, a faster one by a quarter: too small a slice costs little, too large a one makes a hover wait.
    const pace = known === undefined ? measured : measured > known ? measured : known * 0.75 + measured * 0.25;
    this.#pace.set(paceKey(slice.job), pace);
    slice.job.done = slice.to;
    const complete = slice.to >= slice.job.inputs.length;
    if (complete) this.remove(slice.job.id);
    return { complete };
  }
}

function paceKey({ type, model }: Job): string {
  return `${type} ${model.id}`;
}

/** A text's weight in time: special tokens cost as well, and what lies behind any length limit costs nothing. */
function characters(input: TextInput | undefined): number {
  return 4 + Math.min((input?.text.length ?? 0) + (input?.textB?.length ?? 0), 512);
}
