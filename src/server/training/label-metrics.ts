import type { Scores } from './metrics';

/** Precision, recall and F1 averaged over labels in one way. */
export interface Averaged {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Scores that a confusion matrix tells beside accuracy; the definitions are scikit-learn's, with `zero_division=0`. */
export interface LabelMetrics {
  /** Mean recall of the labels that rows have: accuracy, were all labels equally frequent. */
  readonly balancedAccuracy: number;
  /** Matthews' correlation of truth and prediction, -1 to 1; 0 where either is always the same. */
  readonly mcc: number;
  /** All decisions counted alike: for one label a row, accuracy three times over. */
  readonly micro: Averaged;
  /** Each label that occurs counts the same. */
  readonly macro: Averaged;
  /** Each label counts as often as rows have it. */
  readonly weighted: Averaged;
}

/** Reads them off scores. */
export function labelMetrics({ perLabel, confusion, rows, accuracy }: Scores): LabelMetrics {
  const answered = confusion.map((_, id) => confusion.reduce((sum, line) => sum + line[id]!, 0));
  const occurring = perLabel.filter(({ support }, id) => support + answered[id]! > 0);
  const given = perLabel.filter(({ support }) => support > 0);
  const average = (entries: typeof perLabel, weight: (entry: (typeof perLabel)[number]) => number): Averaged => {
    const total = entries.reduce((sum, entry) => sum + weight(entry), 0);
    const mean = (pick: (entry: (typeof perLabel)[number]) => number) =>
      total === 0 ? 0 : entries.reduce((sum, entry) => sum + weight(entry) * pick(entry), 0) / total;
    return { precision: mean((e) => e.precision), recall: mean((e) => e.recall), f1: mean((e) => e.f1) };
  };
  return {
    balancedAccuracy: average(given, () => 1).recall,
    mcc: correlation(confusion, answered, rows),
    micro: { precision: accuracy, recall: accuracy, f1: accuracy },
    macro: average(occurring, () => 1),
    weighted: average(perLabel, ({ support }) => support),
  };
}

/** Matthews' correlation for any number of labels (Gorodkin 2004). */
function correlation(confusion: Scores['confusion'], answered: readonly number[], rows: number): number {
  const support = confusion.map((line) => line.reduce((sum, count) => sum + count, 0));
  const right = confusion.reduce((sum, line, id) => sum + line[id]!, 0);
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const spread = (rows ** 2 - dot(answered, answered)) * (rows ** 2 - dot(support, support));
  return spread === 0 ? 0 : (right * rows - dot(support, answered)) / Math.sqrt(spread);
}
