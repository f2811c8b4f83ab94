import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadBlob } from '../download/blob-download';
import { RowlightError } from '../errors';
import { rethrow } from '../node-files';
import { findFile, request } from './package-index';
import type { WheelPackage } from './packages';
import { checkWheel } from './wheel';

/** How far the set-up is. */
export interface SetUpProgress {
  /** Bytes fetched, and of all wheels. */
  readonly done: number;
  readonly total: number;
  /** The file under way. */
  readonly file: string;
}

/** Where wheels come from, and who is told. */
export interface BringParts {
  /** Address of PyPI or a mirror of it. */
  readonly index: string;
  /** A wheel on this machine, or a folder of wheels; nothing is fetched then. */
  readonly from?: string;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
  onProgress(progress: SetUpProgress): void;
  onBroken(message: string): void;
  /** Milliseconds before try `n` after a broken connection. */
  readonly pause?: (n: number) => number;
}

/** Waits 1, 2, 4, … seconds, at most half a minute. */
const growingPause = (n: number): number => Math.min(30_000, 1000 * 2 ** (n - 1));

/**
 * Answers the path of a wheel that is the pinned one, byte by byte: where the user says, or fetched into `downloads`, going on with what lies there.
 * @param reached bytes of the wheels before it, and of all of them
 */
export async function bringWheel(
  wanted: WheelPackage,
  downloads: string,
  parts: BringParts,
  { before, total }: { readonly before: number; readonly total: number },
): Promise<string> {
  const { from, index, fetch: get, signal, onProgress, onBroken, pause = growingPause } = parts;
  const { file, size, sha256 } = wanted;
  if (from !== undefined) {
    const given = await stat(from).catch((error: unknown) => rethrow(error, from));
    const wheel = given.isDirectory() ? join(from, file) : from;
    onProgress({ done: before, total, file });
    await checkWheel(wheel, wanted, signal);
    return wheel;
  }
  const wheel = join(downloads, file);
  let done = before;
  const onBytes = (bytes: number) => onProgress({ done: (done += bytes), total, file });
  const address = await findFile(index, wanted, get, signal);
  const open = (start: number) => bodyFrom(address, start, get, signal);
  await downloadBlob(wheel, { path: file, size, hash: sha256 }, { open, signal, onBytes, onBroken, pause });
  return wheel;
}

/** The bytes of a file from `start` on; a server that knows no ranges sends all, and those that are here already are passed over. */
async function bodyFrom(address: URL, start: number, get: typeof fetch, signal: AbortSignal) {
  const headers = { 'accept-encoding': 'identity', ...(start > 0 && { range: `bytes=${start}-` }) };
  const answer = await request(address, get, { headers, signal });
  if (answer.status >= 400 && answer.status < 500)
    throw new RowlightError('not-found', `${address.host} answers ${answer.status} for ${address.pathname}`);
  if (!answer.ok || answer.body === null) throw new Error(`${address.host} answers ${answer.status}`);
  const body = answer.body as unknown as AsyncIterable<Uint8Array>;
  return answer.status === 206 || start === 0 ? body : skip(body, start);
}

async function* skip(body: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const piece of body) {
    if (left < piece.length) yield piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}
