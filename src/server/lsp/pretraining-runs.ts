import { isDeepStrictEqual } from 'node:util';
import type { Connection } from 'vscode-languageserver';
import { PretrainingChanged, type PretrainingProgress } from '../../protocol/pretraining';
import type { Log } from '../env';
import { pretrainingFolder } from '../runs/pretrain/workspace';
import type { ServerEnv } from './environment';
import { pretrainingFolders } from './pretraining-folders';
import type { Trust } from './trust';
import { type WatchedFolder, watchFolder } from './watched-folder';
import { notify } from './wire';

/** The pre-training runs of the workspaces, followed through their folders: whoever started them, and whether or not that process still lives. */
export interface PretrainingRuns {
  /** Those of a workspace folder, newest first. The first call begins to follow it: the client is told of every change. */
  of(root: string): Promise<readonly PretrainingProgress[]>;
  /** One was started, stopped or changed: looks now, and for a while. */
  expect(root: string): Promise<void>;
  dispose(): void;
}

/** Follows the folders of pre-training runs. A workspace that is not trusted has none. */
export function followPretrainingRuns(
  connection: Connection,
  env: Pick<ServerEnv, 'stamp' | 'watch'>,
  trust: Pick<Trust, 'granted'>,
  log: Log,
): PretrainingRuns {
  const roots = new Map<string, { last: readonly PretrainingProgress[]; readonly watched: WatchedFolder }>();

  function rootOf(path: string) {
    const known = roots.get(path);
    if (known) return known;
    const folder = pretrainingFolder(path);
    const folders = pretrainingFolders(folder, env.stamp, log);
    const look = async (initial: boolean): Promise<boolean> => {
      try {
        const now = await folders.read();
        tell(root.last, now, initial);
        root.last = now;
      } catch (error) {
        log.warn('the pre-training runs could not be read', { folder, error: String(error) });
        return false;
      }
      return root.last.some(({ state }) => state === 'running');
    };
    const root = { last: [] as readonly PretrainingProgress[], watched: watchFolder(folder, env.watch, look) };
    roots.set(path, root);
    return root;
  }

  /** Tells the client what is new; of what is there at the start only what is under way. */
  function tell(before: readonly PretrainingProgress[], now: readonly PretrainingProgress[], initial: boolean): void {
    const known = new Map(before.map((one) => [one.folder, one]));
    for (const one of now) {
      if (initial ? one.state === 'running' : !isDeepStrictEqual(known.get(one.folder), one))
        notify(connection, PretrainingChanged, one);
      known.delete(one.folder);
    }
    for (const gone of known.keys()) notify(connection, PretrainingChanged, { gone });
  }

  return {
    async of(path) {
      if (!trust.granted) return [];
      const root = rootOf(path);
      await root.watched.first();
      return root.last;
    },
    expect: async (path) => (trust.granted ? rootOf(path).watched.expect() : undefined),
    dispose() {
      for (const { watched } of roots.values()) watched.dispose();
    },
  };
}
