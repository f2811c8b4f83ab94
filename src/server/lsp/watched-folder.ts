import type { ServerEnv } from './environment';

/** Milliseconds between two looks while something in the folder is under way. */
const POLL = 1000;

/** Looks taken after a sign of something new before it is given up. */
const ATTENTIVE = 60;

/** A folder that is looked at again and again. */
export interface WatchedFolder {
  /** Resolves once it was looked at; the first call looks. */
  first(): Promise<void>;
  /** Something is about to happen there: looks now, and for a while, since a new run's folder is there some time before its files. */
  expect(): Promise<void>;
  dispose(): void;
}

/**
 * Looks at a folder by `look` when its entries come or go, where the system tells, and every second while `look` says that something is under way. There
 * is one look at a time; a wish during a look makes one more. `look` must not reject; it is told whether it is the first.
 */
export function watchFolder(
  folder: string,
  watch: ServerEnv['watch'],
  look: (initial: boolean) => Promise<boolean>,
): WatchedFolder {
  let watcher: { dispose(): void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let [again, attentive, initial, disposed] = [false, 0, true, false];
  let first: Promise<void> | undefined;

  async function lookNow(): Promise<void> {
    let underWay;
    do {
      again = false;
      // The folder may have come to be since the last look.
      watcher ??= watch(folder, () => void expect());
      underWay = await look(initial);
      initial = false;
    } while (again);
    clearTimeout(timer);
    if (disposed || (!underWay && attentive === 0)) return;
    attentive = Math.max(0, attentive - 1);
    timer = setTimeout(() => void start(), POLL);
    timer.unref();
  }

  function start(): Promise<void> {
    if (looking) again = true;
    looking ??= lookNow().finally(() => (looking = undefined));
    return looking;
  }

  function expect(): Promise<void> {
    attentive = ATTENTIVE;
    return start();
  }

  return {
    first: () => (first ??= start()),
    expect,
    dispose() {
      disposed = true;
      clearTimeout(timer);
      watcher?.dispose();
    },
  };
}
