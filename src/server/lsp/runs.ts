import { isDeepStrictEqual } from 'node:util';
import type { Connection } from 'vscode-languageserver';
import { RunChanged, type RunProgress } from '../../protocol/messages';
import { RunRemoved } from '../../protocol/run-actions';
import type { RunSummary } from '../../protocol/runs';
import type { Log } from '../env';
import { writeAdoption } from '../runs/adoption';
import { runsFolder } from '../runs/list';
import type { ServerEnv } from './environment';
import { predictsByItself } from './model-cards';
import { runFolders } from './run-folders';
import type { Trust } from './trust';
import { watchFolder } from './watched-folder';
import { notify } from './wire';

/** The runs of the workspaces, followed through their folders: whoever started them, and whether or not that process still lives. */
export interface Runs {
  /** The runs of a workspace folder, newest first. The first call begins to follow it. */
  of(root: string): Promise<readonly RunSummary[]>;
  /** The same with their progress. */
  progressOf(root: string): Promise<readonly RunProgress[]>;
  /** A run was started or stopped: looks now, and for a while. */
  expect(root: string): Promise<void>;
  /** Called when a run came to an end while this server looked. */
  onEnd(listener: (progress: RunProgress) => void): void;
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
  env: Pick<ServerEnv, 'stamp' | 'watch' | 'clock'>,
  trust: Pick<Trust, 'granted'>,
  log: Log,
): Runs {
  const roots = new Map<string, Root>();
  const listeners: (() => void)[] = [];
  const ends: ((progress: RunProgress) => void)[] = [];
  const hears: Hears = {
    changed: (progress) => notify(connection, RunChanged, progress),
    removed: (folder) => notify(connection, RunRemoved, { folder }),
    ended: (progress) => {
      for (const listener of ends) listener(progress);
    },
    modelsChanged: () => {
      for (const listener of listeners) listener();
    },
  };

  function rootOf(path: string): Root {
    let root = roots.get(path);
    if (!root) {
      root = new Root(path, env, log, hears);
      roots.set(path, root);
    }
    return root;
  }

  return {
    of: async (path) => (trust.granted ? (await rootOf(path).current()).map(({ run }) => run) : []),
    progressOf: async (path) => (trust.granted ? rootOf(path).current() : []),
    expect: async (path) => (trust.granted ? rootOf(path).expect() : undefined),
    onEnd: (listener) => ends.push(listener),
    onChange: (listener) => listeners.push(listener),
    dispose() {
      for (const root of roots.values()) root.dispose();
    },
  };
}

/** Who is told of what a look found. */
interface Hears {
  readonly changed: (progress: RunProgress) => void;
  readonly removed: (folder: string) => void;
  readonly ended: (progress: RunProgress) => void;
  readonly modelsChanged: () => void;
}

class Root {
  readonly #folders;
  readonly #watched;
  #last: readonly RunProgress[] = [];

  constructor(
    path: string,
    private readonly env: Pick<ServerEnv, 'stamp' | 'watch' | 'clock'>,
    private readonly log: Log,
    private readonly hears: Hears,
  ) {
    const runs = runsFolder(path);
    this.#folders = runFolders(runs, env.stamp);
    this.#watched = watchFolder(runs, env.watch, (initial) => this.#look(runs, initial));
  }

  async current(): Promise<readonly RunProgress[]> {
    await this.#watched.first();
    return this.#last;
  }

  expect(): Promise<void> {
    return this.#watched.expect();
  }

  dispose(): void {
    this.#watched.dispose();
  }

  /** Whether a run is under way. */
  async #look(runs: string, initial: boolean): Promise<boolean> {
    const before = new Map(this.#last.map((progress) => [progress.run.folder, progress]));
    try {
      const read = await this.#folders.read();
      this.#last = await Promise.all(read.map((progress) => this.#await(progress, before, initial)));
    } catch (error) {
      this.log.warn('the runs could not be read', { folder: runs, error: String(error) });
      return false;
    }
    for (const progress of this.#last) {
      const known = before.get(progress.run.folder);
      const { state, adoption } = progress.run;
      const news = known ? !isDeepStrictEqual(known, progress) : state === 'running' || !initial;
      if (news) this.hears.changed(progress);
      // One that finished while no server looked is still to be decided about.
      const open = initial && state === 'finished' && adoption?.state === 'pending';
      if (open || (news && state !== 'running' && (known ? known.run.state !== state : !initial)))
        this.hears.ended(progress);
    }
    const there = new Set(this.#last.map(({ run }) => run.folder));
    for (const folder of before.keys()) if (!there.has(folder)) this.hears.removed(folder);
    const usable = (list: Iterable<RunProgress>): string =>
      [...list]
        .filter(({ run }) => predictsByItself(run))
        .map(({ run }) => `${run.folder} ${run.adoption?.at}`)
        .sort()
        .join('\n');
    if (!initial && usable(before.values()) !== usable(this.#last)) this.hears.modelsChanged();
    return this.#last.some(({ run }) => run.state === 'running');
  }

  /** A run that finishes before our eyes, whoever started it, predicts nothing before it was compared: that is written down first. */
  async #await(
    progress: RunProgress,
    before: ReadonlyMap<string, RunProgress>,
    initial: boolean,
  ): Promise<RunProgress> {
    const { run } = progress;
    const seen = before.get(run.folder)?.run.state;
    if (initial || run.state !== 'finished' || seen === 'finished' || run.adoption) return progress;
    try {
      await writeAdoption(run.folder, 'pending', this.env.clock);
    } catch (error) {
      this.log.warn('a finished run can not be marked', { folder: run.folder, error: String(error) });
    }
    return { ...progress, run: { ...run, adoption: { state: 'pending', at: run.createdAt } } };
  }
}
