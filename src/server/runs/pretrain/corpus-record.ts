import { join, resolve } from 'node:path';
import type { Corpus } from '../../corpus/build-corpus';
import { MANIFEST_FILE, readManifest } from '../../corpus/manifest';
import { RowlightError } from '../../errors';
import { nodeFiles } from '../../node-files';
import { sha256 } from '../run-folder';
import type { PretrainingRecord } from './record';

/** What a run's record says of its corpus. */
export type CorpusRecord = PretrainingRecord['corpus'];

/** Records the corpus that a run begins with. */
export async function recordCorpus({
  folder,
  manifest,
}: Corpus): Promise<CorpusRecord & { readonly counts: NonNullable<CorpusRecord['counts']> }> {
  const { nearDuplicates, leftOut, lines, junk, characters, tokens, unknown } = manifest.counts;
  return {
    folder: resolve(folder),
    sha256: await manifestHash(folder),
    counts: {
      files: manifest.sources.length,
      documents: manifest.shards.reduce((sum, shard) => sum + shard.documents, 0),
      heldOut: manifest.heldOut.documents,
      nearDuplicates,
      leftOut,
      lines,
      junk,
      characters,
      tokens,
      unknown,
    },
  };
}

/** The corpus of a run that goes on. Rejects with reason `not-found` or `bad-data` where it is not what it was. */
export async function openCorpus({ folder, sha256: expected }: CorpusRecord): Promise<Corpus> {
  const manifest = await readManifest(folder);
  if (manifest?.heldOut === undefined || manifest.counts === undefined) {
    throw new RowlightError('not-found', `${folder}: the corpus of this run is gone; start a new run`);
  }
  if ((await manifestHash(folder)) !== expected) {
    throw new RowlightError('bad-data', `${folder}: the corpus of this run has changed; start a new run`);
  }
  return { folder, manifest: { ...manifest, heldOut: manifest.heldOut, counts: manifest.counts } };
}

async function manifestHash(folder: string): Promise<string> {
  return sha256(await nodeFiles.read(join(folder, MANIFEST_FILE)));
}
