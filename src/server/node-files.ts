import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { access, mkdir, open, readFile, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Files } from './env';
import { RowlightError } from './errors';

/** The models that come with Rowlight: beside the folder of the bundles. */
export const MODELS_FOLDER = join(__dirname, '..', 'models');

/** The disk behind `Files`. Folders that a written file needs are made. */
export const nodeFiles: Files = {
  models: MODELS_FOLDER,
  async read(path) {
    // `readFile` allocates a buffer of its own, at offset 0: float32 views of it need no copy.
    return readFile(path).catch((error: unknown) => rethrow(error, path));
  },
  writeAtomic(path, content) {
    return writeAtomic(path, [typeof content === 'string' ? new TextEncoder().encode(content) : content]);
  },
  async exists(path) {
    // Any other error must not pass for absence: what depends on the answer may delete or replace something.
    const found = access(path).then(() => true);
    return (await found.catch(ifMissing).catch((error: unknown) => rethrow(error, path))) ?? false;
  },
  async list(path) {
    const names = await readdir(path)
      .catch(ifMissing)
      .catch((error: unknown) => rethrow(error, path));
    return (names ?? []).sort();
  },
};

/** Ends the name of every temporary file that `writeAtomic` makes (they begin with a dot): what a kill may leave behind. */
export const TEMPORARY_SUFFIX = '.rowlight-tmp';

/**
 * Replaces a file by the concatenation of `parts`. At any moment, whatever is killed, a reader finds the old or the new content: a temporary
 * file in the same folder is written, synced and renamed, then the folder is synced. A link is followed, the file's permissions are kept.
 * Rejects with reason `disk-full` where the disk (or the quota) is, and leaves nothing behind then.
 */
export async function writeAtomic(path: string, parts: readonly Uint8Array[]): Promise<void> {
  try {
    const target = (await realpath(path).catch(ifMissing)) ?? path;
    const mode = (await stat(target).catch(ifMissing))?.mode;
    const folder = dirname(target);
    await mkdir(folder, { recursive: true });
    const temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}${TEMPORARY_SUFFIX}`);
    try {
      await writeSynced(temporary, parts, mode);
      await renameDurably(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    rethrow(error, path);
  }
}

/**
 * Writes a new file and waits until its bytes are on the disk. Not atomic: for files in a folder that is itself renamed into place.
 * Errors are Node's own; turn them by `rethrow`.
 */
export async function writeSynced(path: string, parts: Iterable<Uint8Array>, mode?: number): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    if (mode !== undefined) await handle.chmod(mode);
    for (const part of parts) await writeFully(handle, part);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Renames a file or folder and waits until the folders that held and hold it are on the disk. Errors are Node's own. */
export async function renameDurably(from: string, to: string): Promise<void> {
  // Windows refuses while a virus scanner or another reader holds the file for a moment.
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      break;
    } catch (error) {
      const passing = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(code(error) ?? '');
      if (!passing || attempt === 10) throw error;
      await wait(10 * attempt);
    }
  }
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** Waits until a folder's own entries are on the disk. Does nothing on Windows, which has no such call. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems know no sync of folders; there is no stronger promise to be had on them.
    if (!['EINVAL', 'ENOTSUP', 'EBADF', 'ENOSYS'].includes(code(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/** Throws what a user can act on: Node's error for `path` as a `RowlightError` where it is an expected one, else as it is. */
export function rethrow(error: unknown, path: string): never {
  switch (code(error) ?? '') {
    case 'ENOENT':
    case 'ENOTDIR':
      throw new RowlightError('not-found', `${path}: no such file or folder; check the path`);
    case 'ENOSPC':
    case 'EDQUOT':
      throw new RowlightError('disk-full', `${path}: the disk is full; free some space and try again`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      throw new RowlightError('bad-argument', `${path}: no permission; choose another place or change its permissions`);
    case 'EISDIR':
      throw new RowlightError('bad-argument', `${path}: is a folder, and a file is needed`);
    case 'ERR_FS_FILE_TOO_LARGE':
      throw new RowlightError('unsupported', `${path}: larger than 2 GiB, which Rowlight does not read`);
    default:
      throw error;
  }
}

/** For `catch`: what is not there is undefined, other errors stay. */
function ifMissing(error: unknown): undefined {
  if (code(error) !== 'ENOENT' && code(error) !== 'ENOTDIR') throw error;
}

async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    // 1 GiB at a time: a single write of 2 GiB or more is refused by the system.
    const { bytesWritten } = await handle.write(bytes, at, Math.min(bytes.length - at, 2 ** 30));
    at += bytesWritten;
  }
}

function code(error: unknown): string | undefined {
  const value = (error as { code?: unknown } | null)?.code;
  return typeof value === 'string' ? value : undefined;
}
