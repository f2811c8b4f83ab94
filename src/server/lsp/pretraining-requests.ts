import { basename } from 'node:path';
import type { Connection } from 'vscode-languageserver';
import {
  CancelPretraining,
  ContinuePretraining,
  DeletePretraining,
  ListPretraining,
  type PretrainingProgress,
  RenamePretraining,
} from '../../protocol/pretraining';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { Trainer } from '../host/trainer';
import { deleteRun, renameRun, requireOwnFolder } from '../runs/manage';
import { markerOf, requireBegun } from '../runs/pretrain/marker';
import { readPretraining } from '../runs/pretrain/record';
import { pretrainingFolder } from '../runs/pretrain/workspace';
import type { Documents } from './documents';
import { rootOfRun, runRoots } from './own-runs';
import type { PretrainingRuns } from './pretraining-runs';
import type { PretrainingTrainers } from './pretraining-trainers';
import { answer } from './wire';
import type { Workspace } from './workspace';

/** What the requests about pre-training runs work on. */
export interface PretrainingParts {
  readonly documents: Documents;
  readonly workspace: Workspace;
  readonly pretraining: PretrainingRuns;
  readonly trainer: Trainer;
  readonly trainers: PretrainingTrainers;
  readonly log: Log;
}

/** List, stop, continue, rename and delete pre-training runs of the open workspaces. */
export function registerPretrainingRequests(connection: Connection, parts: PretrainingParts): void {
  const { documents, workspace, pretraining, trainer, trainers, log } = parts;
  const rootOf = (folder: string): string => rootOfRun(workspace, documents, folder, pretrainingFolder);
  const cancelled = new Set<string>();

  async function runOf(root: string, folder: string): Promise<PretrainingProgress> {
    await pretraining.expect(root);
    const found = (await pretraining.of(root)).find((one) => one.folder === folder);
    if (!found) throw new RowlightError('not-found', `${folder}: is no folder of a pre-training run`);
    return found;
  }

  answer(connection, log, ListPretraining, async () => {
    const roots = runRoots(workspace, documents);
    return (await Promise.all(roots.map((root) => pretraining.of(root)))).flat();
  });

  answer(connection, log, CancelPretraining, async ({ folder }) => {
    const { state, pid } = await runOf(rootOf(folder), folder);
    // A second signal would end the process at once, without its last words.
    if (state !== 'running' || cancelled.has(`${folder} ${pid}`)) return null;
    cancelled.add(`${folder} ${pid}`);
    trainer.cancel(folder, pid);
    return null;
  });

  answer(connection, log, ContinuePretraining, async ({ folder }) => {
    const root = rootOf(folder);
    await requireOwnFolder(folder, await markerOf(folder));
    const { state, usable } = await runOf(root, folder);
    const id = basename(folder);
    if (state === 'running') throw new RowlightError('busy', `Run ${id} is under way already.`);
    if (state === 'finished') throw new RowlightError('bad-argument', `Run ${id} has come to its end.`);
    await requireBegun(folder);
    if (!usable) throw new RowlightError('bad-argument', `Run ${id} has no checkpoint to go on from; start a new run.`);
    const { data } = await readPretraining(folder);
    await trainers.start(root, folder, data, ['pretrain', '--resume', folder, '--json']);
    return null;
  });

  answer(connection, log, RenamePretraining, async ({ folder, name }) => {
    const root = rootOf(folder);
    await renameRun(folder, name, await markerOf(folder));
    await pretraining.expect(root);
    return null;
  });

  answer(connection, log, DeletePretraining, async ({ folder }) => {
    const root = rootOf(folder);
    await deleteRun(folder, await markerOf(folder));
    log.info('pre-training run deleted', { folder });
    await pretraining.expect(root);
    return null;
  });
}
