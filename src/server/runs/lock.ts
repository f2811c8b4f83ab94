import { randomBytes } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { RowlightError } from '../errors';
import { rethrow, writeAtomic } from '../node-files';
import { isAlive, processStart } from './process-start';

/** Gives a run folder free again. */
export type Release = () => Promise<void>;

/**
 * Makes this process the only writer of a run folder, which must exist. Rejects with reason `busy` while another process (or this one) is.
 * A lock outlives its process when that is killed, and then counts for nothing.
 *
 * Each writer announces itself in a file of its own, then looks for others: of two that start at once each sees the other's file unless it came
 * first, so never both go on (both may give up, which is safe). Unlike a single lock file this needs no taking over of a dead one's, the
 * place where such schemes race. Files are written whole, by rename.
 */
export async function lockRun(folder: string): Promise<Release> {
  const name = `.lock-${process.pid}-${randomBytes(4).toString('hex')}`;
  const own: Owner = { pid: process.pid, start: (await processStart(process.pid)) ?? null, host: hostname() };
  await writeAtomic(join(folder, name), [new TextEncoder().encode(JSON.stringify(own))]);
  const release = () => rm(join(folder, name), { force: true });
  const other = await livingOwner(folder, name).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  if (!other) return release;
  await release();
  const here = other.host === hostname();
  throw new RowlightError(
    'busy',
    here
      ? `${folder}: process ${other.pid} is training in this run folder; wait for its end, or choose another folder`
      : `${folder}: a process on "${other.host}" is training in this run folder; if it no longer runs, delete the files .lock-* there`,
  );
}

/** Does `work` as the only writer of a folder. Rejects as `lockRun` does. */
export async function whileLocked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const release = await lockRun(folder);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** The id of the living process that holds the lock of a run folder (perhaps on another machine that shares it); undefined where none does. */
export async function lockOwner(folder: string): Promise<number | undefined> {
  return (await livingOwner(folder))?.pid;
}

const ownerSchema = z.object({ pid: z.int().positive(), start: z.string().nullable(), host: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** The first owner found alive, but for the file `except`. When a writer asks (it names its own file), the files of dead ones are removed. */
async function livingOwner(folder: string, except?: string): Promise<Owner | undefined> {
  const names = await readdir(folder).catch((error: unknown) => rethrow(error, folder));
  for (const name of names.filter((one) => /^\.lock-\d+-[0-9a-f]+$/.test(one) && one !== except)) {
    const file = join(folder, name);
    const owner = parseOwner(await readFile(file, 'utf8').catch(() => ''));
    // Of another machine's processes nothing can be known from here.
    if (owner && (owner.host !== hostname() || (await isAlive(owner.pid, owner.start ?? undefined)))) return owner;
    if (except !== undefined) await rm(file, { force: true });
  }
  return undefined;
}

function parseOwner(text: string): Owner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
