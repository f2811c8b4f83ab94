import { quietly } from './wire';

/** Least milliseconds between two refreshes: each makes the client ask again for every visible editor. */
const INTERVAL = 1000;

/**
 * A function that asks the client, by `send`, to ask again for something of all documents: at once if the last time is long ago, else once
 * later. Does nothing where the client can't.
 */
export function createRefresh(supported: boolean, send: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let last = -Infinity;
  return () => {
    if (!supported || timer) return;
    const delay = Math.max(0, last + INTERVAL - performance.now());
    timer = setTimeout(() => {
      timer = undefined;
      last = performance.now();
      quietly(send);
    }, delay);
    timer.unref();
  };
}
