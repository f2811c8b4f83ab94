import type { z } from 'zod';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import { sha256, type sourceSchema } from './run-folder';

/** A file as a record names it. */
export type Source = Readonly<z.infer<typeof sourceSchema>>;

/** A file as it is now. Rejects with reason `not-found` where there is none. */
export async function sourceOf(path: string): Promise<Source> {
  return { path, sha256: sha256(await nodeFiles.read(path)) };
}

/** Rejects with reason `bad-data` where a file is no longer what a record says. `what` began with it: `cross-validation`. */
export async function requireUnchanged({ path, sha256: hash }: Source, what: string): Promise<void> {
  if ((await sourceOf(path)).sha256 === hash) return;
  throw new RowlightError(
    'bad-data',
    `${path}: has changed since the ${what} began; start a new one, so that all its runs see the same rows`,
  );
}
