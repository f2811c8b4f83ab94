import { randomBytes } from 'node:crypto';
import { lstat, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MAX_RUN_NAME } from '../../protocol/run-actions';
import { RowlightError } from '../errors';
import { nodeFiles, renameDurably, rethrow } from '../node-files';
import { lockRun } from './lock';
import { RUN_FILE } from './run-folder';
import { isRunFolder } from './stages-record';

/** Name of the file in a run folder with the run's name for people: one line of UTF-8. `run.json` stays as the run began. */
export const NAME_FILE = 'name.txt';

/** Begins the names of run folders that are being deleted; whatever begins with a dot is no run. */
export const DELETED_PREFIX = '.deleted-';

/** Bytes of a name file above which it isn't one of ours. */
const MAX_NAME_BYTES = 1024;

/** The name that a user gave a run; undefined where none was given, or the file is none of ours. */
export async function readRunName(folder: string): Promise<string | undefined> {
  const file = join(folder, NAME_FILE);
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > MAX_NAME_BYTES) return undefined;
  return cleanName(new TextDecoder().decode(await nodeFiles.read(file))) || undefined;
}

/** Gives a run a name for people, or with an empty one takes it away. Rejects with reason `bad-argument` where the folder is a link or the name too long. @param marker see `deleteRun` */
export async function renameRun(folder: string, name: string, marker = RUN_FILE): Promise<void> {
  await requireOwnFolder(folder, marker);
  const clean = cleanName(name);
  if (clean.length > MAX_RUN_NAME)
    throw new RowlightError('bad-argument', `The name has ${clean.length} characters; at most ${MAX_RUN_NAME} fit.`);
  if (clean === '') await rm(join(folder, NAME_FILE), { force: true });
  else await writeOwnFile(folder, NAME_FILE, `${clean}\n`);
}

/**
 * Deletes a run, or what else has runs within it and a file `marker`. Its folder first loses its name, in one step, so that a kill leaves no half run; links in it are removed, never followed.
 * Rejects with reason `busy` while it is trained, `bad-argument` where the folder is a link.
 */
export async function deleteRun(folder: string, marker = RUN_FILE): Promise<void> {
  await requireOwnFolder(folder, marker);
  const release = await lockRun(folder).catch((error: unknown) => {
    if (!RowlightError.is(error, 'busy')) throw error;
    throw new RowlightError('busy', `Run ${basename(folder)} is under way; cancel it first, then delete it.`);
  });
  const grave = join(dirname(folder), `${DELETED_PREFIX}${basename(folder)}-${randomBytes(4).toString('hex')}`);
  try {
    await renameDurably(folder, grave);
  } catch (error) {
    await release();
    rethrow(error, folder);
  }
  await removeGrave(grave);
}

/** Removes what deletions that were killed have left in a folder of runs. */
export async function removeDeleted(runs: string): Promise<void> {
  for (const name of await nodeFiles.list(runs))
    if (name.startsWith(DELETED_PREFIX)) await removeGrave(join(runs, name));
}

/** Writes a small file of a run atomically. A link in its place, which an untrusted workspace may hold, is replaced and not followed. */
export async function writeOwnFile(folder: string, name: string, content: string): Promise<void> {
  const file = join(folder, name);
  const found = await lstat(file).catch(() => undefined);
  if (found?.isSymbolicLink()) await rm(file);
  await nodeFiles.writeAtomic(file, content);
}

/** Rejects unless the path is a run folder (or one with the file `marker`) itself and no link to one elsewhere. */
export async function requireOwnFolder(folder: string, marker = RUN_FILE): Promise<void> {
  const found = await lstat(folder).catch((error: unknown) => rethrow(error, folder));
  if (!found.isDirectory())
    throw new RowlightError('bad-argument', `${folder}: is a link to somewhere else; change the run there`);
  if (marker === RUN_FILE ? !(await isRunFolder(folder)) : !(await nodeFiles.exists(join(folder, marker))))
    throw new RowlightError('not-found', `${folder}: is no run folder (it has no ${marker})`);
}

/** What is left stays out of sight and goes with the next deletion or start: a reader on Windows may still have a file open. */
async function removeGrave(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/** One line without control characters, no blanks at its ends. */
function cleanName(name: string): string {
  return name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
