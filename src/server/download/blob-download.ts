import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RowlightError } from '../errors';
import type { HubFile } from './model-files';

/** How a file's bytes from `start` on are asked for. */
export type OpenFrom = (start: number, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

/** What a download needs. */
export interface BlobDownload {
  readonly open: OpenFrom;
  readonly signal: AbortSignal;
  /** Called with every piece's bytes, those that were here already too. */
  onBytes(bytes: number): void;
  /** Says that the connection broke and it is tried again. */
  onBroken(message: string): void;
  /** Milliseconds before try `n` (1, 2, …) after a broken connection. */
  pause(n: number): number;
}

/** Tries without a single new byte after which a download is given up. */
const FRUITLESS_TRIES = 5;

/** What the name of an unfinished blob ends with, here as in huggingface_hub. */
const INCOMPLETE = '.incomplete';

/**
 * Downloads a file to `target`, which appears whole and checked or not at all. What was fetched before a kill or a broken connection lies beside it
 * and is gone on with. Rejects where the bytes are not those that were announced.
 */
export async function downloadBlob(target: string, file: HubFile, download: BlobDownload): Promise<void> {
  const { open: from, signal, onBytes, onBroken, pause } = download;
  await mkdir(dirname(target), { recursive: true });
  const part = target + INCOMPLETE;
  let had = await sizeOf(part);
  if (had > file.size) {
    await rm(part);
    had = 0;
  }
  const hash = hashFor(file);
  for await (const piece of createReadStream(part, { flags: 'a+', start: 0 })) hash.update(piece as Uint8Array);
  onBytes(had);
  const handle = await open(part, 'a');
  try {
    for (let tries = 1; had < file.size; tries++) {
      try {
        for await (const piece of await from(had, signal)) {
          signal.throwIfAborted();
          if (had + piece.length > file.size) throw mismatch(file);
          await handle.appendFile(piece);
          hash.update(piece);
          had += piece.length;
          onBytes(piece.length);
          tries = 0;
        }
      } catch (error) {
        if (signal.aborted || RowlightError.is(error)) throw error;
        if (tries >= FRUITLESS_TRIES) throw gaveUp(file, error);
        onBroken(reasonOf(error));
        await wait(pause(tries + 1), undefined, { signal });
        continue;
      }
      if (had < file.size && tries >= FRUITLESS_TRIES) throw gaveUp(file, undefined);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (hash.digest('hex') !== file.hash) {
    await rm(part);
    throw mismatch(file);
  }
  await rename(part, target);
}

/** The hub's two hashes: SHA-256 of the content, or git's SHA-1 of a blob, which begins with its kind and length. */
function hashFor(file: HubFile): Hash {
  return file.hash.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${file.size}\0`);
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

const mismatch = ({ path }: HubFile): RowlightError =>
  new RowlightError(
    'bad-data',
    `${path}: what came is not what was announced (its checksum differs); download it again`,
  );

function gaveUp({ path }: HubFile, error: unknown): RowlightError {
  const why = error === undefined ? 'the connection brings no more bytes' : reasonOf(error);
  return new RowlightError('not-found', `${path}: ${why}; what has come is kept: the same command goes on from there`);
}

/** An error of the network in a few words: `fetch` hides the cause within. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}
