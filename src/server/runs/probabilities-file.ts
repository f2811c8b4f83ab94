import { join } from 'node:path';
import { RowlightError } from '../errors';
import { CHECKPOINTS_FOLDER } from '../model/checkpoint-pointers';
import type { ModelFile } from '../model/model-folder';
import { readModelConfig } from '../model/model-folder';
import { readSafetensors, safetensorsParts } from '../model/safetensors';
import { nodeFiles } from '../node-files';
import { readPointers } from './checkpoints';

/** Name of the file in a checkpoint that has a probability for every label of every held-out row, in the order of `predictions.tsv`. */
export const PROBABILITIES_FILE = 'held-out.safetensors';

/** Most numbers that are kept (16 MB). */
const MOST = 2 ** 22;

/** Natural logarithms, so that single precision loses nothing of small probabilities. */
const TENSOR = 'log_probabilities';

/**
 * The probabilities of the held-out rows as a file of a checkpoint; none where they are too many.
 * @param probabilities `[rows, labels]` of the bare model, before its temperature
 */
export function probabilitiesFile(probabilities: Float64Array, labels: number): ModelFile[] {
  if (probabilities.length > MOST || probabilities.length === 0) return [];
  const data = Float32Array.from(probabilities, (one) => Math.log(Math.max(one, Number.MIN_VALUE)));
  const weight = { shape: [probabilities.length / labels, labels], data };
  return [{ name: PROBABILITIES_FILE, parts: safetensorsParts(new Map([[TENSOR, weight]])) }];
}

/** What the best checkpoint of a run says of every label of its held-out rows. */
export interface HeldOutProbabilities {
  /** `[rows, labels]` of the bare model. */
  readonly bare: Float64Array;
  /** What its logits are divided by; 1 where it has no temperature. */
  readonly temperature: number;
}

/** Reads them; undefined where the best checkpoint has none of that size (runs of Rowlight 0.1, very many rows and labels, nothing evaluated yet). */
export async function readProbabilities(
  run: string,
  rows: number,
  labels: number,
): Promise<HeldOutProbabilities | undefined> {
  const pointers = await readPointers(run);
  if (pointers === undefined) return undefined;
  const checkpoint = join(run, CHECKPOINTS_FOLDER, pointers.best);
  const file = join(checkpoint, PROBABILITIES_FILE);
  try {
    if (!(await nodeFiles.exists(file))) return undefined;
    const found = readSafetensors(await nodeFiles.read(file), file).get(TENSOR);
    if (found === undefined || String(found.shape) !== String([rows, labels])) return undefined;
    const { rowlight } = await readModelConfig(nodeFiles, checkpoint);
    return { bare: Float64Array.from(found.data, Math.exp), temperature: rowlight?.calibration?.temperature ?? 1 };
  } catch (error) {
    // A run under way may have put a better checkpoint in this one's place; the page asks again then.
    if (RowlightError.is(error, 'not-found')) return undefined;
    throw error;
  }
}
