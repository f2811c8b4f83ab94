import { readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RowlightError } from '../errors';
import { CHECKPOINTS_FOLDER } from '../model/checkpoint-pointers';

/**
 * The most bytes that a run's folder holds at a time, for a model of `parameters` numbers: three checkpoints (best, last, the one being written)
 * and two training states (last, the one being written; AdamW has two numbers a parameter), float32, and 32 MiB for all the small files.
 */
export function bytesForRun(parameters: number): number {
  return parameters * 4 * (3 + 2 * 2) + 32 * 2 ** 20;
}

/**
 * Rejects with reason `disk-full` where a run folder (which need not exist yet) lacks the room for `bytes`. Checkpoints that are there already
 * count as room, since a resumed run replaces them.
 */
export async function ensureDiskSpace(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  const used = await folderBytes(join(folder, CHECKPOINTS_FOLDER));
  if (free + used >= bytes) return;
  throw new RowlightError(
    'disk-full',
    `${folder}: a run of this model needs ${inWords(bytes - used)} on the disk, and ${inWords(free)} are free; free some space or choose another folder`,
  );
}

/** The bytes that a user may still write where a folder is or will be. */
export async function freeBytes(folder: string): Promise<number> {
  const disk = await statfs(await nearestFolder(resolve(folder)));
  return disk.bavail * disk.bsize;
}

async function nearestFolder(folder: string): Promise<string> {
  const there = await stat(folder).then(
    () => true,
    () => false,
  );
  return there || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map((file) =>
    stat(join(file.parentPath, file.name)).then(
      (found) => found.size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** `12 MB`, `3.4 GB` (powers of ten, as disks are sold and shown). */
export function inWords(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
