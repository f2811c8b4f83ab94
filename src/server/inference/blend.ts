import { minimise } from './lbfgs';
import { logSumExp } from './logistic';

/** How much two predictors count in a common one: its probabilities are those of the product of theirs, each to the power of its share. */
export interface Shares {
  readonly head: number;
  readonly floor: number;
}

/** What two predictors say of rows that neither of them was fitted on: logarithms of probabilities, `[rows, classes]`. */
export interface HeldOutScores {
  readonly head: Float64Array;
  readonly floor: Float64Array;
  readonly truth: Int32Array;
  readonly classes: number;
}

/** Whether the common predictor is better than the floor alone, on rows that the shares of neither were fitted on. */
export interface Gain {
  /** Nats a row by which the truth is likelier with the head; below 0 where it is less likely. */
  readonly mean: number;
  /** Standard error of the mean. */
  readonly error: number;
}

/** How many rows' opinion stands against leaving the floor alone. */
const PRIOR = 4;

/** Most nats that one row counts for or against: a single surprise decides nothing. */
const MOST = 9;

/** The common predictor's logarithms of probabilities. */
export function blend({ head, floor }: Shares, ofHead: Float64Array, ofFloor: Float64Array): Float64Array {
  const scores = ofHead.map((score, i) => head * score + floor * ofFloor[i]!);
  const total = logSumExp(scores);
  return scores.map((score) => score - total);
}

/**
 * The shares under which the truth of some rows is likeliest, with a pull towards the floor alone while rows are few ("stacked generalization", Wolpert
 * 1992, with two weights). A head whose share would be negative counts for nothing.
 * @param chosen which rows to look at
 * @param who whether the head counts at all
 */
export function* fitShares(
  scores: HeldOutScores,
  chosen: readonly number[],
  who: 'both' | 'floor' = 'both',
): Generator<void, Shares> {
  const shares = yield* minimise(
    function* (point, gradient) {
      const [head, floor] = point as unknown as [number, number];
      let loss = (PRIOR / 2) * (head ** 2 + (floor - 1) ** 2);
      gradient.set([PRIOR * head, PRIOR * (floor - 1)]);
      for (const [at, row] of chosen.entries()) {
        if (at % 256 === 255) yield;
        const [ofHead, ofFloor] = rowOf(scores, row);
        const own = scores.truth[row]!;
        const logs = blend({ head, floor }, ofHead, ofFloor);
        loss -= logs[own]!;
        for (let label = 0; label < logs.length; label++) {
          const error = Math.exp(logs[label]!) - (label === own ? 1 : 0);
          if (who === 'both') gradient[0] = gradient[0]! + error * ofHead[label]!;
          gradient[1] = gradient[1]! + error * ofFloor[label]!;
        }
      }
      return loss;
    },
    Float64Array.of(0, 1),
    { steps: 50, least: 1e-4 },
  );
  const [head, floor] = shares as unknown as [number, number];
  if (head < 0) return yield* fitShares(scores, chosen, 'floor');
  return { head, floor: Math.max(0, floor) };
}

/** What the head adds to the floor, each fold judged with shares fitted on the others: a floor that is too sure is no merit of the head's. */
export function* gainOfBlending(scores: HeldOutScores, folds: Int32Array): Generator<void, Gain> {
  const gains: number[] = [];
  for (const fold of new Set(folds)) {
    const rows = [...folds.keys()];
    const others = rows.filter((row) => folds[row] !== fold);
    const both = yield* fitShares(scores, others);
    const alone = yield* fitShares(scores, others, 'floor');
    for (const row of rows) {
      if (folds[row] !== fold) continue;
      const [ofHead, ofFloor] = rowOf(scores, row);
      const own = scores.truth[row]!;
      const logs = [both, alone].map((shares) => Math.max(blend(shares, ofHead, ofFloor)[own]!, -MOST));
      gains.push(logs[0]! - logs[1]!);
    }
    yield;
  }
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, gains.length - 1);
  return { mean, error: Math.sqrt(variance / gains.length) };
}

function rowOf({ head, floor, classes }: HeldOutScores, row: number): [head: Float64Array, floor: Float64Array] {
  const [from, to] = [row * classes, (row + 1) * classes];
  return [head.subarray(from, to), floor.subarray(from, to)];
}
