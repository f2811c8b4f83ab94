import { join } from 'node:path';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import type { Shards } from '../pretraining/sequence-reader';
import { DOCUMENT_END, ID } from '../pretraining/token-stream';
import { sha256 } from '../runs/run-folder';
import type { Shard } from './manifest';

/** Collects the numbers of documents until there are enough for a shard. */
export interface ShardWriter {
  add(document: Int32Array): void;
  /** Numbers that wait. */
  size(): number;
  /** Writes what waits as a shard of this name, atomically. */
  write(name: string): Promise<Shard>;
}

/** A writer of shards of a corpus folder. Numbers are little-endian, four bytes each. */
export function createShardWriter(folder: string): ShardWriter {
  let documents: Int32Array[] = [];
  let numbers = 0;
  return {
    add(document) {
      documents.push(document);
      numbers += document.length;
    },
    size: () => numbers,
    async write(name) {
      const all = new Int32Array(numbers);
      let at = 0;
      for (const document of documents) {
        all.set(document, at);
        at += document.length;
      }
      const bytes = new Uint8Array(all.buffer);
      await nodeFiles.writeAtomic(join(folder, name), bytes);
      const shard = { name, sha256: sha256(bytes), numbers, documents: documents.length };
      documents = [];
      numbers = 0;
      return shard;
    },
  };
}

/** Reads shards, each checked against its hash. Rejects with reason `bad-data` where one is not as the manifest says. */
export function openShards(folder: string, shards: readonly Shard[]): Shards {
  return {
    sizes: shards.map(({ numbers }) => numbers),
    async read(index) {
      const { name, sha256: expected } = shards[index]!;
      const path = join(folder, name);
      const bytes = await nodeFiles.read(path);
      if (sha256(bytes) !== expected) {
        throw new RowlightError(
          'bad-data',
          `${path}: is not as it was written; delete the folder ${folder} to make it anew`,
        );
      }
      return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    },
  };
}

/** Counts tokens and unknown ones of all shards: a resumed build did not make all of them. */
export async function countTokens(
  folder: string,
  shards: readonly Shard[],
  unkId: number,
): Promise<{ tokens: number; unknown: number }> {
  const { read } = openShards(folder, shards);
  let [tokens, unknown] = [0, 0];
  for (let shard = 0; shard < shards.length; shard++) {
    for (const number of await read(shard)) {
      if (number === DOCUMENT_END) continue;
      tokens++;
      if ((number & ID) === unkId) unknown++;
    }
  }
  return { tokens, unknown };
}
