import { join } from 'node:path';
import { z } from 'zod';
import { JUNK_REASONS } from '../pretraining/clean-line';
import { nodeFiles } from '../node-files';
import { parseJson } from '../parse-json';
import { sourceSchema } from '../runs/run-folder';

/** Name of the file that says what a corpus folder holds. */
export const MANIFEST_FILE = 'manifest.json';

const shardSchema = z.object({
  name: z.string().regex(/^[\w-]+\.bin$/),
  /** SHA-256 of its bytes, hexadecimal. */
  sha256: z.string(),
  /** Numbers: tokens, and an end for each document. */
  numbers: z.int().min(0),
  documents: z.int().min(0),
});

/** A part of a corpus on the disk. */
export type Shard = z.infer<typeof shardSchema>;

const schema = z.object({
  format: z.literal(1),
  /** What the numbers depend on beside the texts. */
  settings: z.object({
    rowlight: z.string(),
    /** SHA-256 of the tokenizer's files and of the user dictionary. */
    tokenizer: z.string(),
    dictionary: z.string().optional(),
    textColumn: z.string().optional(),
    rows: z.literal('unlabelled').optional(),
    labelColumn: z.string().optional(),
    /** SHA-256 of the files whose texts are left out. */
    leftOut: z.array(z.string()).optional(),
    heldOut: z.number(),
    seed: z.int(),
  }),
  sources: z.array(sourceSchema.extend({ bytes: z.int().min(0) })),
  shards: z.array(shardSchema),
  /** Documents of the sources that the shards hold or left out; the next one begins the next shard. */
  read: z.int().min(0),
  /** Documents held out; there once the corpus is whole. */
  heldOut: shardSchema.optional(),
  /** What was seen, and what of it was left out; there once the corpus is whole. */
  counts: z
    .object({
      documents: z.int(),
      /** Documents that hold a text of those. */
      leftOut: z.int().default(0),
      nearDuplicates: z.int(),
      lines: z.int(),
      junk: z.record(z.enum(JUNK_REASONS), z.int()),
      characters: z.int(),
      tokens: z.int(),
      unknown: z.int(),
    })
    .optional(),
});

/** What `manifest.json` says: written after each shard; with `heldOut` the corpus is whole. */
export type Manifest = z.infer<typeof schema>;

/** Reads the manifest of a corpus folder; undefined where there is none yet. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const file = join(folder, MANIFEST_FILE);
  return (await nodeFiles.exists(file)) ? parseJson(await nodeFiles.read(file), schema, file, 'bad-data') : undefined;
}

/** Replaces it. */
export function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  return nodeFiles.writeAtomic(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`);
}
