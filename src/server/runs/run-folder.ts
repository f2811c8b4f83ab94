import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../env';
import { RowlightError } from '../errors';
import type { MultiLabel } from '../data/multi-label';
import { columnsSchema, multiLabelSchema } from '../model/rowlight-json';
import { parseJson } from '../parse-json';
import { type Machine, attemptSchema, gitSchema } from './lineage';
import { nodeFiles, rethrow } from '../node-files';

/*
 * run.json            what was asked for; written first, so that a run that dies explains itself
 * metrics.jsonl       what happened, appended to (metrics.ts)
 * events.out.…        the same numbers for TensorBoard, a file an attempt (event-file.ts)
 * predictions.tsv     the held-out rows as the best checkpoint judges them: a copy of the checkpoint's own file (predictions.ts)
 * floor.tsv           the same rows as a naive Bayes judges them, in the same form (floor.ts)
 * checkpoints…        checkpoints.ts
 * stages.json         of a run in several stages, whose last this folder then is (stages-record.ts)
 * .lock-…             lock.ts
 */

/** Name of the file that makes a folder a run folder. */
export const RUN_FILE = 'run.json';

/** A file of this name in a run folder asks its process to stop, where no signal can (Windows). */
export const CANCEL_FILE = 'cancel';

/** Arguments by their command-line names without dashes, defaults filled in. */
export const argumentsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** A file as a record names it; see `source.ts`. */
export const sourceSchema = z.object({
  /** As it was given. */
  path: z.string(),
  /** SHA-256 of the file's bytes, hexadecimal. */
  sha256: z.string(),
});

const schema = z.object({
  format: z.literal(1),
  id: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** Version of Rowlight. */
  rowlight: z.string(),
  arguments: argumentsSchema,
  data: sourceSchema,
  /** The file of held-out rows, where one was given or found. */
  dev: sourceSchema.optional(),
  /** The model fine-tuned: folder or name. */
  base: z.string(),
  seed: z.int(),
  /** In the order of the model's ids. */
  labels: z.array(z.string()),
  columns: columnsSchema,
  headerless: z.boolean(),
  /** How rows hold several labels. */
  multiLabel: multiLabelSchema.optional(),
  /** The held-out rows, where they come from the data file itself. */
  split: z
    .object({
      fraction: z.number(),
      /** Index of each row in the data file (header not counted, from 0) and `textHash` of its text: a row moved by edits is found again. */
      heldOut: z.array(z.object({ row: z.int().min(0), hash: z.string() })),
    })
    .optional(),
  /** Labelled rows on both sides; runs of Rowlight 0.1 lack it. */
  rows: z.object({ train: z.int(), heldOut: z.int() }).optional(),
  /** The processes that worked on it, in order. */
  attempts: z.array(attemptSchema),
  /** The repositories of the data file and of the working folder when the run began; runs of Rowlight 0.1 lack it. */
  git: gitSchema.optional(),
});

/** What `run.json` says. Written when the run begins; only `attempts` grows afterwards. */
export type RunRecord = z.infer<typeof schema>;

/** Makes a run folder and writes its `run.json`. Rejects with reason `bad-argument` where there is a run already. */
export async function createRun(folder: string, record: Omit<RunRecord, 'format' | 'attempts'>): Promise<void> {
  if (await nodeFiles.exists(join(folder, RUN_FILE))) {
    throw new RowlightError('bad-argument', `${folder}: holds a run already; give another folder, or resume that run`);
  }
  await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrow(error, folder));
  await writeRecord(folder, { ...record, format: 1, attempts: [] });
}

/** Reads `run.json`. Rejects with reason `not-found` where the folder is no run, `bad-data` where the file is broken. */
export async function readRun(folder: string): Promise<RunRecord> {
  const file = join(folder, RUN_FILE);
  return parseRun(await nodeFiles.read(file), file);
}

/** Several labels a row as a record keeps them. */
export function multiLabelRecord({ delimiter, columns }: MultiLabel): NonNullable<RunRecord['multiLabel']> {
  return { delimiter, ...(columns === undefined ? {} : { columns: [...columns] }) };
}

/** Parses the content of a `run.json`; `file` is what messages call it. Throws with reason `bad-data` where it is broken. */
export function parseRun(content: Uint8Array | string, file: string): RunRecord {
  return parseJson(content, schema, file, 'bad-data');
}

/** Notes that this process begins or resumes the run; returns the number of the attempt. The caller holds the run's lock. */
export async function beginAttempt(
  folder: string,
  clock: Clock,
  { resumedFrom, machine }: { readonly resumedFrom?: number; readonly machine?: Machine } = {},
): Promise<number> {
  const record = await readRun(folder);
  const attempt = (record.attempts.at(-1)?.attempt ?? 0) + 1;
  record.attempts.push({
    attempt,
    startedAt: new Date(clock.now()).toISOString(),
    pid: process.pid,
    ...(resumedFrom === undefined ? {} : { resumedFrom }),
    ...(machine === undefined ? {} : { machine }),
  });
  await writeRecord(folder, record);
  return attempt;
}

/** A name for a new run, sorting by time: `2026-11-23-165117-3f9a` (UTC; the end keeps two of one second apart). */
export function newRunId(clock: Clock): string {
  const [date = '', time = ''] = new Date(clock.now()).toISOString().split('T');
  return `${date}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}

/** Names a text or a pair in a split: the first 16 hexadecimal digits of its SHA-256. */
export function textHash(text: string, textB?: string): string {
  return sha256(textB === undefined ? text : `${text}\t${textB}`).slice(0, 16);
}

/** SHA-256, hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function writeRecord(folder: string, record: RunRecord): Promise<void> {
  return nodeFiles.writeAtomic(join(folder, RUN_FILE), `${JSON.stringify(record, undefined, 2)}\n`);
}
