import { mkdir } from 'node:fs/promises';
import { HubApiError, downloadFile, listFiles, modelInfo } from '@huggingface/hub';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import { freeBytes, inWords } from '../runs/disk';
import { whileLocked } from '../runs/lock';
import { type OpenFrom, downloadBlob, reasonOf } from './blob-download';
import { blobPath, cachedSnapshot, linkBlob, repoFolder, snapshotFolder, writeRef } from './hub-cache';
import { type HubFile, modelFiles } from './model-files';

/** How far a download is. */
export interface DownloadProgress {
  /** Bytes on the disk, and of all its files. */
  readonly done: number;
  readonly total: number;
  /** The file under way. */
  readonly file: string;
}

/** Where from, where to, and who is told. */
export interface DownloadParts {
  /** The hub's address: huggingface.co or a mirror of it. */
  readonly endpoint: string;
  /** The hub's cache on this machine. */
  readonly cache: string;
  readonly fetch: typeof fetch;
  /** The user's token for models that ask for one. */
  readonly token?: string;
  /** Whether only the cache is looked at and nothing is asked of the network. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
  onProgress(progress: DownloadProgress): void;
  onBroken(message: string): void;
  /** Milliseconds before try `n` after a broken connection. */
  readonly pause?: (n: number) => number;
}

/** Waits 1, 2, 4, … seconds, at most half a minute. */
const growingPause = (n: number): number => Math.min(30_000, 1000 * 2 ** (n - 1));

/**
 * Brings a BERT from the Hugging Face hub into its standard cache on this machine and answers the folder of its snapshot. Files that are there already
 * are not fetched again; what was half fetched is gone on with; every file is checked against the hash that the hub announced. Offline, the snapshot of the
 * last download is answered.
 * @param name `owner/name`
 * @param revision branch, tag or commit
 */
export async function downloadModel(name: string, revision: string, parts: DownloadParts): Promise<string> {
  const { cache, offline } = parts;
  requireName(name);
  requireRevision(revision);
  if (offline) {
    const found = await cachedSnapshot(cache, name, revision);
    if (found) return found;
    throw new RowlightError('not-found', `${name}: not in ${cache}, and offline nothing is fetched`);
  }
  const { commit, files } = await describe(name, revision, parts).catch((error: unknown) => {
    throw plain(name, error, parts);
  });
  const repo = repoFolder(cache, name);
  await mkdir(repo, { recursive: true });
  const work = whileLocked(repo, async () => {
    await fetchBlobs(name, commit, files, repo, parts);
    for (const { path, hash } of files) await linkBlob(repo, commit, path, hash);
    // Last: who looks the branch up finds a whole snapshot.
    if (revision !== commit) await writeRef(repo, revision, commit);
  });
  await work.catch((error: unknown) => {
    if (RowlightError.is(error, 'busy'))
      throw new RowlightError('busy', `${name}: another download of it is under way; wait for its end`);
    throw plain(name, error, parts);
  });
  return snapshotFolder(repo, commit);
}

/** The commit of a revision and the files in it that Rowlight reads. */
async function describe(name: string, revision: string, { endpoint, fetch, token, signal }: DownloadParts) {
  const hub = { hubUrl: endpoint, fetch: withSignal(fetch, signal), ...(token && { accessToken: token }) };
  const { sha } = await modelInfo({ name, revision, additionalFields: ['sha'], ...hub });
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new RowlightError('bad-data', `${endpoint}: answered no commit for ${name}`);
  const all: HubFile[] = [];
  for await (const { type, path, size, oid, lfs } of listFiles({ repo: name, revision: sha, ...hub })) {
    const hash = lfs?.oid ?? oid ?? '';
    if (type === 'file' && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) all.push({ path, size, hash });
  }
  return { commit: sha, files: modelFiles(name, all) };
}

async function fetchBlobs(name: string, commit: string, files: readonly HubFile[], repo: string, parts: DownloadParts) {
  const { endpoint, token, signal, onProgress, onBroken, pause = growingPause } = parts;
  const missing: HubFile[] = [];
  for (const file of files) if (!(await nodeFiles.exists(blobPath(repo, file.hash)))) missing.push(file);
  const total = missing.reduce((sum, { size }) => sum + size, 0);
  const free = await freeBytes(repo);
  if (free < total)
    throw new RowlightError('disk-full', `${repo}: ${inWords(total)} are to be fetched, and ${inWords(free)} are free`);
  let done = 0;
  for (const file of missing) {
    const open: OpenFrom = async (start) => {
      const hub = { hubUrl: endpoint, fetch: withSignal(parts.fetch, signal), ...(token && { accessToken: token }) };
      // Asked anew at each try: the address of a large file is good for minutes only. Without xet: its pieces can't be gone on with.
      const blob = await downloadFile({ repo: name, path: file.path, revision: commit, xet: false, ...hub });
      if (!blob) throw new RowlightError('not-found', `${name}: ${file.path} is gone from the hub`);
      return blob.slice(start, file.size).stream() as unknown as AsyncIterable<Uint8Array>;
    };
    const onBytes = (bytes: number) => onProgress({ done: (done += bytes), total, file: file.path });
    await downloadBlob(blobPath(repo, file.hash), file, { open, signal, onBytes, onBroken, pause });
  }
}

const withSignal =
  (inner: typeof fetch, signal: AbortSignal): typeof fetch =>
  (input, init) =>
    inner(input, { ...init, signal });

function requireName(name: string): void {
  if (/^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/.test(name) && !name.includes('--') && !name.includes('..')) return;
  throw new RowlightError('bad-argument', `${name}: not a name on the hub; write owner/name, such as hfl/rbt3`);
}

function requireRevision(revision: string): void {
  if (/^[A-Za-z0-9][\w.-]*$/.test(revision) && !revision.includes('..')) return;
  throw new RowlightError('bad-argument', `${revision}: not a branch, tag or commit`);
}

/** What went wrong with the hub, in one line. */
function plain(name: string, error: unknown, { endpoint, signal }: DownloadParts): unknown {
  if (RowlightError.is(error)) return error;
  if (signal.aborted) return new RowlightError('cancelled', `${name}: stopped; what has come is kept`);
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  // The hub answers 401 for a name that nobody has, so as not to tell private ones.
  if (status === 401 || status === 403 || status === 404)
    return new RowlightError(
      'not-found',
      `${name}: ${endpoint} has no such model or revision, or asks for a token (HF_TOKEN) that may read it`,
    );
  const remedy = 'check the network, a proxy (HTTPS_PROXY) or a mirror (HF_ENDPOINT)';
  return new RowlightError(
    'not-found',
    `${name}: ${endpoint} can't be reached (${status ?? reasonOf(error)}); ${remedy}`,
  );
}
