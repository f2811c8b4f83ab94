import { join } from 'node:path';
import { z } from 'zod';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';
import { parseJson } from '../parse-json';

/** Name of the file, in a run folder or a model folder: how probable each label must be for its predictions to be taken. */
export const THRESHOLDS_FILE = 'thresholds.json';

const schema = z.object({
  format: z.literal(1),
  /** The share of right predictions that was wished, and the rows on which it was reached. */
  precision: z.number(),
  rows: z.int(),
  /** Optimizer steps of the checkpoint that the thresholds belong to; absent for a model that says nothing of it. */
  step: z.int().optional(),
  /** By label; null where no threshold is high enough. */
  thresholds: z.record(z.string(), z.number().nullable()),
});

/** What the file says. */
export type StoredThresholds = z.infer<typeof schema>;

/** Keeps thresholds with a model; those kept before are replaced. */
export async function writeThresholds(folder: string, stored: Omit<StoredThresholds, 'format'>): Promise<void> {
  const text = `${JSON.stringify({ format: 1, ...stored }, undefined, 2)}\n`;
  await nodeFiles.writeAtomic(join(folder, THRESHOLDS_FILE), text);
}

/**
 * The thresholds kept with a model. Rejects where there are none (`not-found`), and where they belong to another checkpoint of the run, whose
 * probabilities mean something else (`bad-data`).
 */
export async function readThresholds(folder: string, step: number | undefined): Promise<StoredThresholds> {
  const file = join(folder, THRESHOLDS_FILE);
  const remedy = `make them with rowlight evaluate ${folder} DATA --precision 0.95 --save`;
  if (!(await nodeFiles.exists(file))) throw new RowlightError('not-found', `${file}: there is none; ${remedy}`);
  const stored = parseJson(await nodeFiles.read(file), schema, file, 'bad-data');
  if (stored.step !== step)
    throw new RowlightError('bad-data', `${file}: belongs to another checkpoint of this run; ${remedy}`);
  return stored;
}
