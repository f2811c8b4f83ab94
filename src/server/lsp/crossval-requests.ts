import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Connection } from 'vscode-languageserver';
import {
  CancelCrossval,
  ContinueCrossval,
  DeleteCrossval,
  ListCrossvals,
  StartCrossval,
  crossvalArguments,
} from '../../protocol/crossval';
import { TrainerFailed } from '../../protocol/run-actions';
import type { Clock, Log } from '../env';
import { RowlightError } from '../errors';
import type { Trainer } from '../host/trainer';
import { nodeFiles } from '../node-files';
import { CROSSVAL_FILE, readCrossval } from '../runs/crossval/record';
import { prepareRunsFolder } from '../runs/list';
import { lockOwner } from '../runs/lock';
import { deleteRun, requireOwnFolder } from '../runs/manage';
import { newRunId } from '../runs/run-folder';
import type { Crossvals } from './crossvals';
import type { Documents } from './documents';
import { CANCELLED, lastWords } from './last-words';
import { rootOfRun, runRoots } from './own-runs';
import type { Trainers } from './trainers';
import { answer, notify } from './wire';
import type { Workspace } from './workspace';

/** What the requests about cross-validations work on. */
export interface CrossvalParts {
  readonly clock: Clock;
  readonly documents: Documents;
  readonly workspace: Workspace;
  readonly crossvals: Crossvals;
  readonly trainer: Trainer;
  readonly trainers: Trainers;
  readonly log: Log;
}

/** Start, list, stop, continue and delete cross-validations of the open workspaces. */
export function registerCrossvalRequests(connection: Connection, parts: CrossvalParts): void {
  const { clock, documents, workspace, crossvals, trainer, trainers, log } = parts;
  const rootOf = (folder: string): string => rootOfRun(workspace, documents, folder);
  const cancelled = new Set<string>();

  async function start(root: string, folder: string, data: string, args: readonly string[]): Promise<void> {
    await trainers.requireFree(root);
    crossvals.failed(folder, undefined);
    await trainer.start(args, folder, (code) => {
      void ended(root, folder, data, code).catch((error: unknown) => log.error(String(error)));
    });
    log.info('cross-validation started', { folder, data });
    await crossvals.expect(root);
  }

  /** Its process is gone: what it said last is told where the folder doesn't tell it. */
  async function ended(root: string, folder: string, data: string, code: number | null): Promise<void> {
    const failed = code !== 0 && code !== null && code !== CANCELLED;
    if (failed) {
      const message = await lastWords(folder, code);
      log.error('a cross-validation failed', { folder, code, message });
      crossvals.failed(folder, message);
      // What never began has nothing to keep but that line.
      if (!(await nodeFiles.exists(join(folder, CROSSVAL_FILE)))) {
        await rm(folder, { recursive: true, force: true });
        notify(connection, TrainerFailed, { data, message });
      }
    }
    await crossvals.expect(root);
  }

  answer(connection, log, StartCrossval, async ({ uri, plan, arguments: chosen, choices }) => {
    const root = workspace.rootOf(uri);
    if (root === undefined) throw new RowlightError('bad-argument', 'Save the data as a file first.');
    const runsHere = await prepareRunsFolder(root);
    const free = dirname(plan.output) === runsHere && !(await nodeFiles.exists(plan.output));
    const folder = free ? plan.output : join(runsHere, newRunId(clock));
    const args = crossvalArguments({ ...plan, output: folder }, chosen, choices);
    await start(root, folder, plan.data, [...args, '--json']);
    return { folder };
  });

  answer(connection, log, ListCrossvals, async () => {
    const roots = runRoots(workspace, documents);
    return (await Promise.all(roots.map((root) => crossvals.of(root)))).flat();
  });

  answer(connection, log, CancelCrossval, async ({ folder }) => {
    const root = rootOf(folder);
    const pid = await lockOwner(folder);
    // A second signal would end the process at once, without its last words.
    if (pid === undefined || cancelled.has(`${folder} ${pid}`)) return null;
    cancelled.add(`${folder} ${pid}`);
    trainer.cancel(folder, pid);
    await crossvals.expect(root);
    return null;
  });

  answer(connection, log, ContinueCrossval, async ({ folder }) => {
    const root = rootOf(folder);
    await requireOwnFolder(folder, CROSSVAL_FILE);
    if ((await lockOwner(folder)) !== undefined)
      throw new RowlightError('busy', `Cross-validation ${basename(folder)} is under way already.`);
    const { data } = await readCrossval(folder);
    await start(root, folder, data.path, ['crossval', '--resume', folder, '--json']);
    return null;
  });

  answer(connection, log, DeleteCrossval, async ({ folder }) => {
    const root = rootOf(folder);
    await deleteRun(folder, CROSSVAL_FILE);
    log.info('cross-validation deleted', { folder });
    await crossvals.expect(root);
    return null;
  });
}
