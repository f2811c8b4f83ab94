import { isDeepStrictEqual } from 'node:util';
import type { Connection } from 'vscode-languageserver';
import { RunChanged, type RunProgress } from '../../protocol/messages';
import type { RunSummary } from '../../protocol/runs';
import type { Log } from '../env';
import { runsFolder } from '../runs/list';
import type { ServerEnv } from './environment';
import { runFolders } from './run-folders';
import type { Trust } from './trust';
import { notify } from './wire';

/** Milliseconds between two looks at a workspace in which a run is under way. */
const POLL = 1000;

/** Looks taken after a sign of a new run before it is given up. */
const ATTENTIVE = 60;

/** The runs of the workspaces, followed through their folders: whoever started them, and whether or not that process still lives. */
export interface Runs {
  /** The runs of a workspace folder, newest first. The first call begins to follow it. */
  of(root: string): Promise<readonly RunSummary[]>;
  /** The same with their progress. */
  progressOf(root: string): Promise<readonly RunProgress[]>;
  /** A run was started or stopped: looks now, and for a while. */
  expect(root: string): Promise<void>;
  /** Tells the client of a run that has no folder to be seen in. */
  announce(progress: RunProgress): void;
  /** Called when another set of runs can predict. */
  onChange(listener: () => void): void;
  dispose(): void;
}

/**
 * Follows run folders by watching, where the system can, and by polling while a run is under way. A workspace that is not trusted has no
 * runs: whatever lies in it under their names is not looked at.
 */
export function followRuns(
  connection: Connection,
  env: Pick<ServerEnv, 'stamp' | 'watch'>,
  trust: Pick<Trust, 'granted'>,
  log: Log,
): Runs {
  const roots = new Map<string, Root>();
  const listeners: (() => void)[] = [];
  const announce = (progress: RunProgress): void => notify(connection, RunChanged, progress);

  function rootOf(path: string): Root {
    let root = roots.get(path);
    if (!root) {
      root = new Root(path, env, log, announce, () => {
        for (const listener of listeners) listener();
      });
      roots.set(path, root);
    }
    return root;
  }

  return {
    of: async (path) => (trust.granted ? (await rootOf(path).current()).map(({ run }) => run) : []),
    progressOf: async (path) => (trust.granted ? rootOf(path).current() : []),
    expect: async (path) => (trust.granted ? rootOf(path).expect() : undefined),
    announce,
    onChange: (listener) => listeners.push(listener),
    dispose() {
      for (const root of roots.values()) root.dispose();
    },
  };
}

class Root {
  readonly #folders;
  readonly #runs: string;
  #watcher: { dispose(): void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #first: Promise<void> | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  /** Looks still to take although nothing runs: a new run's folder is there some time before its files. */
  #attentive = 0;
  #disposed = false;
  #last: readonly RunProgress[] = [];

  constructor(
    path: string,
    private readonly env: Pick<ServerEnv, 'stamp' | 'watch'>,
    private readonly log: Log,
    private readonly announce: (progress: RunProgress) => void,
    private readonly changed: () => void,
  ) {
    this.#runs = runsFolder(path);
    this.#folders = runFolders(this.#runs, env.stamp);
  }

  async current(): Promise<readonly RunProgress[]> {
    this.#first ??= this.look();
    await this.#first;
    return this.#last;
  }

  /** One look at a time; a wish during a look makes one more. */
  look(): Promise<void> {
    if (this.#looking) this.#again = true;
    this.#looking ??= this.#lookNow().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** Something is about to happen here: looks now and for a while. */
  expect(): Promise<void> {
    this.#attentive = ATTENTIVE;
    return this.look();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#watcher?.dispose();
  }

  async #lookNow(): Promise<void> {
    do {
      this.#again = false;
      // The folder may have come to be since the last look.
      this.#watcher ??= this.env.watch(this.#runs, () => void this.expect());
      const before = new Map(this.#last.map((progress) => [progress.run.folder, progress]));
      const initial = this.#first === undefined;
      try {
        this.#last = await this.#folders.read();
      } catch (error) {
        this.log.warn('the runs could not be read', { folder: this.#runs, error: String(error) });
        return;
      }
      for (const progress of this.#last) {
        const known = before.get(progress.run.folder);
        const news = known ? !isDeepStrictEqual(known, progress) : progress.run.state === 'running' || !initial;
        if (news) this.announce(progress);
      }
      const usable = (list: Iterable<RunProgress>): string =>
        [...list]
          .filter(({ run }) => run.state === 'finished')
          .map(({ run }) => run.folder)
          .sort()
          .join('\n');
      if (!initial && usable(before.values()) !== usable(this.#last)) this.changed();
    } while (this.#again);
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const running = this.#last.some(({ run }) => run.state === 'running');
    if (this.#disposed || (!running && this.#attentive === 0)) return;
    this.#attentive = Math.max(0, this.#attentive - 1);
    this.#timer = setTimeout(() => void this.look(), POLL);
    this.#timer.unref();
  }
}
