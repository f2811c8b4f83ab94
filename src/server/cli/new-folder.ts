import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RowlightError } from '../errors';
import type { ModelFile } from '../model/model-folder';
import { TEMPORARY_SUFFIX, nodeFiles, renameDurably, rethrow, writeSynced } from '../node-files';

/** Rejects with reason `bad-argument` where a folder that is to be made holds files already. @param named as the user wrote it */
export async function requireEmpty(folder: string, named = folder): Promise<void> {
  if ((await nodeFiles.list(folder)).length > 0)
    throw new RowlightError('bad-argument', `${named}: holds files already; give a new or an empty folder`);
}

/** Who follows the writing of a folder; what either throws ends it. */
export interface Writing {
  /** Told how many bytes have been written. */
  readonly onWritten?: (done: number) => void;
  /** Looks at the folder where it is written, before it appears. */
  readonly check?: (written: string) => Promise<void>;
}

/** Bytes that are written between two reports. */
const PIECE = 16 * 2 ** 20;

/** Writes a folder beside its place and renames it there: it appears whole or not at all. */
export async function writeFolder(
  folder: string,
  files: readonly ModelFile[],
  { onWritten, check }: Writing = {},
): Promise<void> {
  const target = resolve(folder);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}${TEMPORARY_SUFFIX}`);
  let done = 0;
  try {
    for (const { name, parts } of files) {
      await mkdir(dirname(join(temporary, name)), { recursive: true });
      await writeSynced(
        join(temporary, name),
        pieces(parts, (bytes) => onWritten?.((done += bytes))),
      );
    }
    await check?.(temporary);
    // Where an empty folder is there it gives way; one that was filled meanwhile does not.
    if (await readdir(target).catch(() => undefined)) await rmdir(target);
    await renameDurably(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    rethrow(error, folder);
  }
}

function* pieces(parts: readonly Uint8Array[], onTaken: (bytes: number) => void): Generator<Uint8Array> {
  for (const part of parts)
    for (let at = 0; at < part.length; at += PIECE) {
      const piece = part.subarray(at, at + PIECE);
      yield piece;
      onTaken(piece.length);
    }
}
