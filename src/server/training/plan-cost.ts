import { TOKEN_BUDGET, planBatches } from '../inference/batching';
import { batchLengths, chooseBuckets, planEpoch } from './batches';
import { type TrainingSettings, totalSteps } from './loop';

/** Which batches a run will compute: what its time is made of. */
export interface RunPlanCost {
  /** Steps of each length that batches are padded to, ascending by length. */
  readonly buckets: readonly { readonly length: number; readonly steps: number; readonly rows: readonly number[] }[];
  readonly totalSteps: number;
  /** Tokens, padding included, of one judgement of the held-out rows, and how often they are judged. */
  readonly heldOutTokens: number;
  readonly evaluations: number;
}

/**
 * Counts the batches of a run without computing any; the same functions of the seed that `train` uses. `rows` of a bucket are those of its first batch.
 * @param lengths tokens of the rows to learn from @param heldOut tokens of the rows that judge
 */
export function planCost(
  lengths: readonly number[],
  heldOut: readonly number[],
  settings: TrainingSettings,
): RunPlanCost {
  const { batchSize, seed } = settings;
  const buckets = chooseBuckets(batchLengths(lengths, batchSize, seed));
  const total = totalSteps(lengths.length, settings);
  const found = buckets.map((length) => ({ length, steps: 0, rows: [] as readonly number[] }));
  // One epoch stands for all: the others have the same rows in other batches.
  const batches = planEpoch(lengths, batchSize, seed, 0);
  for (const rows of batches) {
    const longest = rows.reduce((most, row) => Math.max(most, lengths[row]!), 0);
    const bucket = found.find(({ length }) => length >= longest)!;
    bucket.steps += total / batches.length;
    if (bucket.rows.length === 0) bucket.rows = [...rows];
  }
  return {
    buckets: found.filter(({ rows }) => rows.length > 0),
    totalSteps: total,
    heldOutTokens: planBatches(heldOut, TOKEN_BUDGET).reduce((sum, { rows, length }) => sum + rows.length * length, 0),
    // After each epoch, and the saved model once more at the end.
    evaluations: Math.ceil(settings.epochs) + 1,
  };
}

/** A measured cost at a length. */
export interface Measured {
  readonly length: number;
  readonly cost: number;
}

/** The cost at any length from costs at a few: between two on a line, outside them in proportion to the nearest. At least one is needed. */
export function interpolate(measured: readonly Measured[], length: number): number {
  const sorted = [...measured].sort((a, b) => a.length - b.length);
  const above = sorted.find((one) => one.length >= length);
  const below = sorted.findLast((one) => one.length <= length);
  const nearest = below ?? above;
  if (nearest === undefined) throw new RangeError('Nothing was measured.');
  if (above === undefined || below === undefined) return (nearest.cost * length) / nearest.length;
  if (above.length === below.length) return above.cost;
  const share = (length - below.length) / (above.length - below.length);
  return below.cost + share * (above.cost - below.cost);
}
