import { RowlightError } from '../errors';

/** Milliseconds that long work may hold the event loop before it yields. */
const BREATH = 8;

/**
 * Runs a generator to its end, giving the event loop a turn after every few milliseconds. Rejects with reason `cancelled` where after such a
 * turn `signal` has aborted or `holds` says that what the work is about no longer stands.
 */
export async function inSlices<Result>(
  work: Generator<void, Result>,
  signal?: AbortSignal,
  holds: () => boolean = () => true,
): Promise<Result> {
  let begun = performance.now();
  for (;;) {
    if (signal?.aborted || !holds()) throw new RowlightError('cancelled', 'Cancelled.');
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      if (performance.now() - begun >= BREATH) break;
    }
    await new Promise((resolve) => setImmediate(resolve));
    begun = performance.now();
  }
}
