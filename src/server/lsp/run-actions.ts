import type { Connection } from 'vscode-languageserver';
import { CancelRun } from '../../protocol/messages';
import { ContinueRun, DeleteRun, RenameRun } from '../../protocol/run-actions';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { Trainer } from '../host/trainer';
import { summarize } from '../runs/list';
import { deleteRun, renameRun, requireOwnFolder } from '../runs/manage';
import type { Documents } from './documents';
import { rootOfRun } from './own-runs';
import type { Runs } from './runs';
import type { Trainers } from './trainers';
import { answer } from './wire';
import type { Workspace } from './workspace';

/** What acting on runs needs. */
export interface RunActionParts {
  readonly documents: Documents;
  readonly workspace: Workspace;
  readonly runs: Runs;
  readonly trainer: Trainer;
  readonly trainers: Trainers;
  readonly log: Log;
}

/** Cancel, rename, delete and continue runs of the open workspaces. */
export function registerRunActions(connection: Connection, parts: RunActionParts): void {
  const { documents, workspace, runs, trainer, trainers, log } = parts;
  const rootOf = (folder: string): string => rootOfRun(workspace, documents, folder);
  const cancelled = new Set<string>();

  answer(connection, log, CancelRun, async ({ folder }) => {
    rootOf(folder);
    const run = await summarize(folder);
    // A second signal would end the trainer at once, without its last words.
    if (run.state !== 'running' || cancelled.has(`${folder} ${run.pid}`)) return null;
    cancelled.add(`${folder} ${run.pid}`);
    trainer.cancel(folder, run.pid);
    return null;
  });

  answer(connection, log, RenameRun, async ({ folder, name }) => {
    const root = rootOf(folder);
    await renameRun(folder, name);
    await runs.expect(root);
    return null;
  });

  answer(connection, log, DeleteRun, async ({ folder }) => {
    const root = rootOf(folder);
    await deleteRun(folder);
    log.info('run deleted', { folder });
    await runs.expect(root);
    return null;
  });

  answer(connection, log, ContinueRun, async ({ folder }) => {
    const root = rootOf(folder);
    await requireOwnFolder(folder);
    const run = await summarize(folder);
    if (run.state === 'running') throw new RowlightError('busy', `Run ${run.id} is under way already.`);
    if (run.state === 'finished') throw new RowlightError('bad-argument', `Run ${run.id} has come to its end.`);
    if (!run.usable) {
      throw new RowlightError('bad-argument', `Run ${run.id} has no checkpoint to go on from; start a new run.`);
    }
    await trainers.start(root, run, ['train', '--resume', folder, '--json']);
    return null;
  });
}
