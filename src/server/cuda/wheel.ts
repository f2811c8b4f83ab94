import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RowlightError } from '../errors';
import { openFile } from '../import/byte-source';
import { openZip } from '../import/zip';
import { rethrow } from '../node-files';
import type { WheelPackage } from './packages';

/**
 * Compares a file with the wheel that is pinned.
 * @throws RowlightError `bad-data` where it is another one or damaged, `not-found` where there is none
 */
export async function checkWheel(
  path: string,
  { file, size, sha256 }: WheelPackage,
  signal: AbortSignal,
): Promise<void> {
  const { size: found } = await stat(path).catch((error: unknown) => rethrow(error, path));
  const wrong = (what: string) =>
    new RowlightError('bad-data', `${path}: not ${file}, or damaged (${what}); fetch that file again`);
  if (found !== size) throw wrong(`${found} bytes in the place of ${size}`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { signal }), hash);
  if (hash.digest('hex') !== sha256) throw wrong('its SHA-256 differs');
}

/** Unpacks the libraries of a wheel into a folder; each appears whole or not at all. */
export async function unpackWheel(
  path: string,
  { libraries }: WheelPackage,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const source = await openFile(path);
  try {
    const zip = await openZip(source);
    for (const library of Object.keys(libraries)) {
      const member = zip.names.find((name) => basename(name) === library);
      if (member === undefined) throw new RowlightError('bad-data', `${path}: has no ${library}`);
      const target = join(folder, library);
      const part = `${target}.part`;
      try {
        await pipeline(await zip.stream(member), createWriteStream(part, { flush: true }), { signal });
        // A library needs no permission to be run, but users look for it.
        await chmod(part, 0o755);
        await rename(part, target);
      } catch (error) {
        await rm(part, { force: true });
        rethrow(error, part);
      }
    }
  } finally {
    await source.close();
  }
}
