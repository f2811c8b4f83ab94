import { join } from 'node:path';
import { z } from 'zod';
import { RowlightError } from '../../errors';
import { nodeFiles } from '../../node-files';
import { parseJson } from '../../parse-json';
import { JUNK_REASONS } from '../../pretraining/clean-line';
import { PAIR_TASKS, UNITS } from '../../pretraining/settings';
import { SCHEDULES } from '../../training/schedule';
import { attemptSchema, describeMachine, gitSchema } from '../lineage';
import type { PretrainingWorld } from './follow';

/*
 * The folder of a pre-training run, by default `.rowlight/pretraining/ID`:
 *
 * reading.json        while the corpus is read: how far that is
 * pretraining.json    what was asked for; written when the corpus is read, just before the first step
 * metrics.jsonl       what happened (`runs/metrics.ts`): `step`, `masked` and `filled` lines beside those of every run
 * events.out.…        the same numbers for TensorBoard
 * checkpoints…        as in every run folder (`runs/checkpoints.ts`)
 * name.txt            the name that the user gave it (`runs/manage.ts`)
 * .lock-…             held from the reading of the corpus on
 */

/** Name of the file that makes a folder one of a pre-training run. */
export const PRETRAINING_FILE = 'pretraining.json';

/** What a run of pre-training was asked for, defaults filled in. */
export const settingsSchema = z.object({
  seed: z.int(),
  masks: z.object({ unit: z.enum(UNITS), share: z.number().positive().max(0.9), most: z.int().min(1) }),
  pairs: z.enum(PAIR_TASKS),
  /** Whether short sequences stand at any position, as those of new weights do. */
  shiftPositions: z.boolean().default(false),
  phases: z.array(z.object({ length: z.int().min(8), share: z.number().positive() })).min(1),
  batchSize: z.int().min(1),
  accumulate: z.int().min(1),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  warmup: z.number().min(0).max(1),
  schedule: z.enum(SCHEDULES),
  /** Decay of the average of the weights that is saved; 0: the weights themselves are. */
  average: z.number().min(0).max(1),
  /** Steps between two judgements. */
  evaluateEvery: z.int().min(1),
  /** Texts with `[MASK]` that are shown filled in after each judgement. */
  fillIn: z.array(z.string()),
});

/** The most files and folders of text that a record names. */
export const MOST_SOURCES = 10_000;

const count = z.int().min(0);

/** What was read of the corpus; see `CorpusCounts` of the protocol. */
const countsSchema = z.object({
  files: count,
  documents: count,
  heldOut: count,
  nearDuplicates: count,
  leftOut: count,
  lines: count,
  junk: z.record(z.enum(JUNK_REASONS), count),
  characters: count,
  tokens: count,
  unknown: count,
});

const schema = z.object({
  format: z.literal(1),
  id: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** Version of Rowlight. */
  rowlight: z.string(),
  /** The model begun from: a name or a folder; of it only shape and vocabulary where `fresh` says so. */
  base: z.string(),
  fresh: z.boolean(),
  settings: settingsSchema,
  /** Files and folders of text as they were given. */
  data: z.array(z.string()).max(MOST_SOURCES).default([]),
  /** Folder of the corpus, the SHA-256 of its manifest, and what the manifest counts. */
  corpus: z.object({ folder: z.string(), sha256: z.string(), counts: countsSchema.optional() }),
  git: gitSchema.optional(),
  attempts: z.array(attemptSchema.required({ machine: true })),
});

/** What `pretraining.json` says; only `attempts` grows after it was written. */
export type PretrainingRecord = z.infer<typeof schema>;

/** Reads the record of a run. Rejects with reason `not-found` where a folder holds none, `bad-data` where it is broken. */
export async function readPretraining(folder: string): Promise<PretrainingRecord> {
  const file = join(folder, PRETRAINING_FILE);
  if (!(await nodeFiles.exists(file))) {
    throw new RowlightError(
      'not-found',
      `${folder}: is no folder of a pre-training run (it has no ${PRETRAINING_FILE}); give the folder of an interrupted one`,
    );
  }
  return parseJson(await nodeFiles.read(file), schema, file, 'bad-data');
}

/** Notes in a record that this process begins or resumes the run, and writes it. The caller holds the run's lock. */
export async function beginAttempt(
  folder: string,
  record: PretrainingRecord,
  { clock, engine, version }: Pick<PretrainingWorld, 'clock' | 'engine' | 'version'>,
  resumedFrom?: number,
): Promise<{ record: PretrainingRecord; attempt: number }> {
  const attempt = (record.attempts.at(-1)?.attempt ?? 0) + 1;
  const begun = {
    attempt,
    startedAt: new Date(clock.now()).toISOString(),
    pid: process.pid,
    machine: describeMachine(engine, version),
    ...(resumedFrom === undefined ? {} : { resumedFrom }),
  };
  const grown = { ...record, attempts: [...record.attempts, begun] };
  await nodeFiles.writeAtomic(join(folder, PRETRAINING_FILE), `${JSON.stringify(grown, undefined, 2)}\n`);
  return { record: grown, attempt };
}
