import { lstat, mkdir, readFile, readdir, rm, symlink, copyFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { getHFHubCachePath, getRepoFolderName } from '@huggingface/hub';
import { weightFiles } from '../model/weight-files';
import { nodeFiles, writeAtomic } from '../node-files';

/*
 * The cache of the Hugging Face hub on this machine, in the layout that Python's huggingface_hub uses, so that both share it:
 *
 *   models--OWNER--NAME/
 *     refs/main                    the commit that the branch had at the last download
 *     snapshots/COMMIT/config.json links to blobs
 *     blobs/HASH                   the content; HASH is the SHA-256 of a large file, git's SHA-1 of a small one
 */

/** Where the cache lies: `HF_HUB_CACHE`, else `HF_HOME/hub`, else `~/.cache/huggingface/hub`. */
export const defaultCache = (): string => getHFHubCachePath();

/** The folder of a model in the cache. @param name `owner/name` */
export const repoFolder = (cache: string, name: string): string =>
  join(cache, getRepoFolderName({ type: 'model', name }));

/** A blob's path. */
export const blobPath = (repo: string, hash: string): string => join(repo, 'blobs', hash);

/** The folder of a commit. */
export const snapshotFolder = (repo: string, commit: string): string => join(repo, 'snapshots', commit);

/** Lays a blob into a snapshot under its name: a link, or a copy where the system gives users no links. */
export async function linkBlob(repo: string, commit: string, path: string, hash: string): Promise<void> {
  const place = join(snapshotFolder(repo, commit), path);
  const blob = blobPath(repo, hash);
  await mkdir(dirname(place), { recursive: true });
  const there = await lstat(place).catch(() => undefined);
  if (there) await rm(place);
  await symlink(relative(dirname(place), blob), place).catch(() => copyFile(blob, place));
}

/** Writes down which commit a branch or tag has. */
export const writeRef = (repo: string, revision: string, commit: string): Promise<void> =>
  writeAtomic(join(repo, 'refs', revision), [new TextEncoder().encode(commit)]);

/** The snapshot that a branch, tag or commit had when it was last downloaded; undefined where there is none. */
export async function cachedSnapshot(cache: string, name: string, revision: string): Promise<string | undefined> {
  const repo = repoFolder(cache, name);
  const commit = /^[0-9a-f]{40}$/.test(revision)
    ? revision
    : await readFile(join(repo, 'refs', revision), 'utf8').catch(() => '');
  if (!/^[0-9a-f]{40}$/.test(commit.trim())) return undefined;
  const folder = snapshotFolder(repo, commit.trim());
  const files = await readdir(folder).catch((): string[] => []);
  return files.includes('config.json') ? folder : undefined;
}

/** Whether a folder is a base as it is: its weights are safetensors, in one file or all of several. */
export async function isBase(folder: string): Promise<boolean> {
  const files = await readdir(folder).catch((): string[] => []);
  const weights = await weightFiles(nodeFiles, folder).catch((): string[] => []);
  return files.includes('config.json') && weights.length > 0;
}

/** The BERTs in the cache that can be a base as they are, by name. What Python brought counts as well. */
export async function downloadedModels(cache: string): Promise<{ name: string; folder: string }[]> {
  const found: { name: string; folder: string }[] = [];
  for (const entry of (await readdir(cache).catch((): string[] => [])).sort()) {
    if (!entry.startsWith('models--')) continue;
    const name = entry.slice('models--'.length).replace('--', '/');
    const folder = await cachedSnapshot(cache, name, 'main');
    if (folder !== undefined && (await isBase(folder)) && (await isBert(folder))) found.push({ name, folder });
  }
  return found;
}

async function isBert(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '');
  return /"model_type"\s*:\s*"bert"/.test(text);
}
