import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CHECKPOINTS_FOLDER,
  type CheckpointPointers,
  POINTERS_FILE,
  parsePointers,
} from '../model/checkpoint-pointers';
import type { ModelFile } from '../model/model-folder';
import { RowlightError } from '../errors';
import { TEMPORARY_SUFFIX, nodeFiles, renameDurably, rethrow, syncFolder, writeSynced } from '../node-files';
import { CANCEL_FILE } from './run-folder';
import { STATE_SUFFIX, type TrainingState, stateFiles } from './training-state';

/*
 * checkpoints/step-N/         a model folder, with predictions.tsv and held-out.safetensors where it was evaluated; never changed once it has that name (step-N-2 is another
 *                             of the same step)
 * checkpoints/step-N.state/   what resuming from step N needs; only beside the last checkpoint
 * checkpoints/.tmp-…          being written, or being deleted; after a kill, rubbish
 * checkpoints.json            which two hold; the one thing that is replaced, and the moment at which a checkpoint becomes true
 */

/** Says which checkpoints of a run hold; undefined before the first. */
export async function readPointers(run: string): Promise<CheckpointPointers | undefined> {
  const file = join(run, POINTERS_FILE);
  return (await nodeFiles.exists(file)) ? parsePointers(await nodeFiles.read(file), file) : undefined;
}

/**
 * Saves a checkpoint as the run's last, and as its best where `best` says so (the first is best in any case); returns its name. Whatever is killed
 * whenever, the folder holds either the old pair of checkpoints or the new one, whole. Those that are neither are deleted afterwards.
 * `files` and `state` may be views of live weights: they must not change until this resolves. The caller holds the run's lock.
 * Rejects with reason `disk-full` where the disk is; the old pair then still holds.
 */
export async function saveCheckpoint(
  run: string,
  checkpoint: { files: readonly ModelFile[]; state: TrainingState; best: boolean },
): Promise<string> {
  const folder = join(run, CHECKPOINTS_FOLDER);
  const before = await readPointers(run);
  const name = nameFor(checkpoint.state.step, before);
  const pointers: CheckpointPointers = { format: 1, best: checkpoint.best ? name : (before?.best ?? name), last: name };
  try {
    await mkdir(folder, { recursive: true });
    await writeFolder(folder, name, checkpoint.files);
    await writeFolder(folder, name + STATE_SUFFIX, stateFiles(checkpoint.state));
    await syncFolder(run);
    await nodeFiles.writeAtomic(join(run, POINTERS_FILE), `${JSON.stringify(pointers)}\n`);
  } catch (error) {
    await removeRubbish(run).catch(() => undefined);
    rethrow(error, folder);
  }
  // The new pair holds; what can't be deleted now (a reader on Windows may have it open) is deleted next time.
  await removeRubbish(run).catch(() => undefined);
  return name;
}

/** Removes what an earlier writer left in a run folder: rubbish of a kill, a request to stop. The caller holds the run's lock. */
export async function cleanRun(run: string): Promise<void> {
  const names = await readdir(run).catch((error: unknown) => rethrow(error, run));
  for (const name of names) {
    if (name === CANCEL_FILE || (name.startsWith('.') && name.endsWith(TEMPORARY_SUFFIX)))
      await rm(join(run, name), { force: true });
  }
  await removeRubbish(run);
}

/** Folder of the checkpoint to resume from. Rejects with reason `not-found` where the run has none. */
export async function lastCheckpoint(run: string): Promise<string> {
  const pointers = await readPointers(run);
  if (!pointers) throw new RowlightError('not-found', `${run}: has no checkpoint to resume from; start the run again`);
  return join(run, CHECKPOINTS_FOLDER, pointers.last);
}

const TEMPORARY = '.tmp-';

/** A name that does not hold: a second checkpoint of one step (saved before its evaluation, then after it) has another, as none is ever changed. */
function nameFor(step: number, pointers: CheckpointPointers | undefined): string {
  let name = `step-${step}`;
  for (let count = 2; name === pointers?.best || name === pointers?.last; count++) name = `step-${step}-${count}`;
  return name;
}

/** Writes a folder under a temporary name, all of it to the disk, and gives it its name. */
async function writeFolder(folder: string, name: string, files: readonly ModelFile[]): Promise<void> {
  const temporary = join(folder, `${TEMPORARY}${name}-${randomBytes(4).toString('hex')}`);
  await mkdir(temporary);
  for (const file of files) await writeSynced(join(temporary, file.name), file.parts);
  await syncFolder(temporary);
  // A whole folder of that name that never came to hold: from a writer killed just before the switch.
  await removeWhole(folder, name);
  await renameDurably(temporary, join(folder, name));
}

/** Deletes temporary folders and, once there are pointers, every checkpoint and state that they do not name. */
async function removeRubbish(run: string): Promise<void> {
  const pointers = await readPointers(run);
  const folder = join(run, CHECKPOINTS_FOLDER);
  const keep = pointers && new Set([pointers.best, pointers.last, pointers.last + STATE_SUFFIX]);
  for (const name of await nodeFiles.list(folder)) {
    if (name.startsWith(TEMPORARY)) await rm(join(folder, name), { recursive: true, force: true });
    else if (keep && /^step-\d+(-\d+)?(\.state)?$/.test(name) && !keep.has(name)) await removeWhole(folder, name);
  }
}

/** Takes the name away first, so that a kill half-way leaves no half checkpoint under it. */
async function removeWhole(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  if (!(await nodeFiles.exists(path))) return;
  const temporary = join(folder, `${TEMPORARY}old-${name}-${randomBytes(4).toString('hex')}`);
  await renameDurably(path, temporary);
  await rm(temporary, { recursive: true, force: true });
}
