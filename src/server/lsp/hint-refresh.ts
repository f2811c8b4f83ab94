import type { Connection } from 'vscode-languageserver';
import { quietly } from './wire';

/** Least milliseconds between two refreshes: each makes the client ask again for every visible editor. */
const INTERVAL = 1000;

/** A function that asks the client to ask again for all inlay hints: at once if the last time is long ago, else once later. */
export function createHintRefresh(connection: Connection, supported: boolean): () => void {
  let timer: NodeJS.Timeout | undefined;
  let last = -Infinity;
  return () => {
    if (!supported || timer) return;
    const delay = Math.max(0, last + INTERVAL - performance.now());
    timer = setTimeout(() => {
      timer = undefined;
      last = performance.now();
      quietly(() => connection.languages.inlayHint.refresh());
    }, delay);
    timer.unref();
  };
}
