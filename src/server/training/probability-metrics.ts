/*
 * Scores of probabilities rather than of decisions. `hits[i]` says whether row i has the label, `scores[i]` how probable it was held; the
 * definitions are scikit-learn's. A score that needs rows of both kinds is undefined where there is only one.
 */

/**
 * Area under the ROC curve: the chance that a row with the label is held more probable than one without, ties counted half.
 */
export function rocAuc(hits: readonly boolean[], scores: ArrayLike<number>): number | undefined {
  const positives = hits.filter(Boolean).length;
  const negatives = hits.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  // The sum of the positives' ranks, equal scores sharing their mean rank (Mann and Whitney).
  let sum = 0;
  let below = 0;
  for (const group of groupsByScore(hits, scores).reverse()) {
    sum += group.positives * (below + (group.rows + 1) / 2);
    below += group.rows;
  }
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Average precision: precision at each threshold, weighted by the recall that it adds. Undefined without a row that has the label. */
export function averagePrecision(hits: readonly boolean[], scores: ArrayLike<number>): number | undefined {
  const positives = hits.filter(Boolean).length;
  if (positives === 0) return undefined;
  let [found, taken, total] = [0, 0, 0];
  for (const group of groupsByScore(hits, scores)) {
    found += group.positives;
    taken += group.rows;
    total += (group.positives / positives) * (found / taken);
  }
  return total;
}

/** Brier score: the mean squared distance of probability and truth; 0 for no rows. */
export function brierScore(hits: readonly boolean[], scores: ArrayLike<number>): number {
  const total = hits.reduce((sum, hit, i) => sum + (scores[i]! - Number(hit)) ** 2, 0);
  return hits.length === 0 ? 0 : total / hits.length;
}

/** Rows of like confidence. */
export interface ReliabilityBin {
  readonly rows: number;
  /** Mean probability of the predicted label, and the share of right predictions: equal where a model knows how sure it may be. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** How well confidence tells accuracy. */
export interface Reliability {
  /** Equal bins of confidence from 0 to 1; those without rows are left out. */
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error (Guo et al. 2017): the mean gap of confidence and accuracy. 0 for no rows. */
  readonly error: number;
}

/**
 * Compares confidence with accuracy.
 * @param confidences probability of the predicted label, a row
 * @param right whether it is the true one
 */
export function reliability(confidences: readonly number[], right: readonly boolean[], bins = 10): Reliability {
  const held = Array.from({ length: bins }, () => ({ rows: 0, confidence: 0, accuracy: 0 }));
  confidences.forEach((confidence, row) => {
    const bin = held[Math.min(Math.floor(confidence * bins), bins - 1)]!;
    bin.rows++;
    bin.confidence += confidence;
    bin.accuracy += Number(right[row]);
  });
  const found = held
    .filter(({ rows }) => rows > 0)
    .map(({ rows, confidence, accuracy }) => ({ rows, confidence: confidence / rows, accuracy: accuracy / rows }));
  const gaps = found.reduce((sum, bin) => sum + Math.abs(bin.accuracy - bin.confidence) * bin.rows, 0);
  return { bins: found, error: confidences.length === 0 ? 0 : gaps / confidences.length };
}

/** Rows of equal score, the highest score first. */
function groupsByScore(
  hits: readonly boolean[],
  scores: ArrayLike<number>,
): { readonly rows: number; readonly positives: number }[] {
  const order = hits.map((_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  const groups: { rows: number; positives: number }[] = [];
  order.forEach((row, at) => {
    const last = groups.at(-1);
    if (last !== undefined && scores[order[at - 1]!] === scores[row]) {
      last.rows++;
      last.positives += Number(hits[row]);
    } else groups.push({ rows: 1, positives: Number(hits[row]) });
  });
  return groups;
}
