/** What chooses the best checkpoint and says when training no longer helps. */
export const METRICS = ['macro-f1', 'accuracy', 'loss'] as const;
/** One of {@link METRICS}. */
export type MetricName = (typeof METRICS)[number];

/** Scores of one judgement of the held-out rows. */
export interface Judged {
  readonly accuracy: number;
  readonly macroF1: number;
  readonly loss: number;
}

/** When to stop early and when to slow down, by evaluations; 0 is never. */
export interface Patience {
  readonly metric: MetricName;
  /** Stop after this many evaluations in a row that are no better than the best before (`EarlyStopping` of Keras). */
  readonly stopAfter: number;
  /** Multiply the learning rate by `plateauFactor` after this many (`ReduceLROnPlateau` of Keras). */
  readonly plateauAfter: number;
  readonly plateauFactor: number;
}

/** What the evaluations so far mean for the steps to come. */
export interface Advice {
  readonly stop: boolean;
  /** What the scheduled learning rate is multiplied with. */
  readonly factor: number;
}

/** Whether `one` is better than `other` by a metric; equal ones are decided by the loss. */
export function isBetter(metric: MetricName, one: Judged, other: Judged): boolean {
  const [a, b] = [rank(metric, one), rank(metric, other)];
  return a === b ? one.loss < other.loss : a > b;
}

/** Reads the advice off all evaluations so far, in order: a function of them alone, so that a resumed run gets the same. */
export function adviseAfter(history: readonly Judged[], patience: Patience): Advice {
  let best = -Infinity;
  let [idle, plateau, factor, stop] = [0, 0, 1, false];
  for (const judged of history) {
    const value = rank(patience.metric, judged);
    if (value > best) {
      best = value;
      [idle, plateau] = [0, 0];
      continue;
    }
    idle++;
    plateau++;
    if (patience.stopAfter > 0 && idle >= patience.stopAfter) stop = true;
    if (patience.plateauAfter > 0 && plateau >= patience.plateauAfter) {
      factor *= patience.plateauFactor;
      plateau = 0;
    }
  }
  return { stop, factor };
}

/** More is better. A score that is no number is worse than all others. */
function rank(metric: MetricName, { accuracy, macroF1, loss }: Judged): number {
  const value = { 'macro-f1': macroF1, accuracy, loss: -loss }[metric];
  return Number.isNaN(value) ? -Infinity : value;
}
