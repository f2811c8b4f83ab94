import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Connection } from 'vscode-languageserver';
import { CrossvalChanged, type CrossvalProgress } from '../../protocol/crossval';
import type { Log } from '../env';
import { nodeFiles } from '../node-files';
import { CROSSVAL_FILE, type CrossvalRecord, readCrossval } from '../runs/crossval/record';
import { summarizeCrossval } from '../runs/crossval/summarize';
import { runsFolder } from '../runs/list';
import type { Trust } from './trust';
import { notify } from './wire';

/** Milliseconds between two looks while a cross-validation is under way. */
const POLL = 1000;

/** Looks taken after a start before it is given up: its folder is there some time before its files. */
const ATTENTIVE = 60;

/** The cross-validations of the workspaces, followed through their folders, whoever started them. */
export interface Crossvals {
  /** Those of a workspace folder, newest first, as they stand now. While one runs, the client is told of every change. */
  of(root: string): Promise<readonly CrossvalProgress[]>;
  /** One was started or stopped: looks now, and for a while. */
  expect(root: string): Promise<void>;
  /** Remembers what the process of one said when it failed; undefined forgets it. */
  failed(folder: string, message: string | undefined): void;
  dispose(): void;
}

/** What of a record is looked at again and again; it never changes. */
type Known = Pick<CrossvalRecord, 'id' | 'createdAt' | 'data'> & { readonly folds: number };

/**
 * Follows the folders of cross-validations. A workspace that is not trusted has none.
 * @param answered called when a fold came to its end, so that there is more to say of its rows
 */
export function followCrossvals(
  connection: Connection,
  trust: Pick<Trust, 'granted'>,
  log: Log,
  answered: () => void,
): Crossvals {
  const records = new Map<string, Known>();
  const failures = new Map<string, string>();
  const last = new Map<string, readonly CrossvalProgress[]>();
  const attentive = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();
  const looking = new Map<string, Promise<void>>();
  let disposed = false;

  async function recordOf(folder: string): Promise<Known> {
    const known = records.get(folder);
    if (known) return known;
    const { id, createdAt, data, heldOut } = await readCrossval(folder);
    const record = { id, createdAt, data, folds: heldOut.length };
    records.set(folder, record);
    return record;
  }

  async function read(root: string): Promise<CrossvalProgress[]> {
    const runs = runsFolder(root);
    const found: CrossvalProgress[] = [];
    for (const name of await nodeFiles.list(runs)) {
      const folder = join(runs, name);
      if (name.startsWith('.') || !(await nodeFiles.exists(join(folder, CROSSVAL_FILE)))) continue;
      try {
        found.push(await summarizeCrossval(folder, await recordOf(folder), failures.get(folder)));
      } catch (error) {
        log.warn('a cross-validation cannot be read', { folder, error: String(error) });
      }
    }
    return found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }

  /** One look at a time: what an earlier one saw must not come after a later one's news. */
  function look(root: string): Promise<readonly CrossvalProgress[]> {
    const next = (looking.get(root) ?? Promise.resolve()).then(() => lookNow(root));
    looking.set(
      root,
      next.then(
        () => undefined,
        () => undefined,
      ),
    );
    return next;
  }

  async function lookNow(root: string): Promise<readonly CrossvalProgress[]> {
    const before = new Map((last.get(root) ?? []).map((one) => [one.folder, one]));
    const initial = !last.has(root);
    const now = await read(root);
    last.set(root, now);
    for (const one of now) {
      const news = initial ? one.state === 'running' : !isDeepStrictEqual(before.get(one.folder), one);
      if (news) notify(connection, CrossvalChanged, one);
      if (!initial && doneFolds(one) > doneFolds(before.get(one.folder))) answered();
      before.delete(one.folder);
    }
    for (const gone of before.keys()) {
      records.delete(gone);
      notify(connection, CrossvalChanged, { gone });
    }
    schedule(root, now);
    return now;
  }

  function schedule(root: string, now: readonly CrossvalProgress[]): void {
    clearTimeout(timers.get(root));
    const left = attentive.get(root) ?? 0;
    if (disposed || (left === 0 && !now.some(({ state }) => state === 'running'))) return;
    attentive.set(root, Math.max(0, left - 1));
    const again = (): void => void look(root).catch((error: unknown) => log.warn(String(error)));
    timers.set(root, setTimeout(again, POLL).unref());
  }

  return {
    of: async (root) => (trust.granted ? look(root) : []),
    async expect(root) {
      if (!trust.granted) return;
      attentive.set(root, ATTENTIVE);
      await look(root);
    },
    failed(folder, message) {
      if (message === undefined) failures.delete(folder);
      else failures.set(folder, message);
    },
    dispose() {
      disposed = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

function doneFolds(crossval: CrossvalProgress | undefined): number {
  // The last fold's answers are there when the whole has finished, a moment after its run.
  if (crossval?.state === 'finished') return crossval.folds + 1;
  return crossval?.runs.filter(({ run }) => run.state === 'finished').length ?? 0;
}
