import { createRandom } from './random';

/** A score on the rows as they are, and its 95 % percentile interval over resampled rows (Efron & Tibshirani 1993, ch. 13). */
export interface ScoreInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Accuracy and macro F1 (as `scorePredictions` defines them) with their intervals. */
export interface ScoreIntervals {
  readonly accuracy: ScoreInterval;
  readonly macroF1: ScoreInterval;
}

/** Two models on the same rows. */
export interface PairedIntervals {
  readonly first: ScoreIntervals;
  readonly second: ScoreIntervals;
  /** The first one's score less the second's, of the same resampled rows each time. */
  readonly gain: ScoreIntervals;
}

/** What a bootstrap may be told. */
export interface BootstrapOptions {
  readonly seed: number;
  /** How many times rows are drawn; by default 2,000, fewer above 10,000 rows, at least 200. */
  readonly resamples?: number;
  /** Label ids of each class, where rows have several labels: ids are then numbers of such sets, and scores those of `scoreSets`. */
  readonly sets?: readonly (readonly number[])[];
}

/** The bootstrap of one model: ids of the true and the predicted label, one a row, each below `labels`. */
export function bootstrapScores(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  labels: number,
  options: BootstrapOptions,
): ScoreIntervals {
  return bootstrapPair(truth, predicted, predicted, labels, options).first;
}

/**
 * The paired bootstrap of two models. Rows are drawn with replacement from the table of (truth, first, second), sorted, so that the result is
 * a function of the seed and the rows, not of their order. No rows: every score is 0.
 */
export function bootstrapPair(
  truth: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  labels: number,
  { seed, sets, resamples = defaultResamples(truth.length) }: BootstrapOptions,
): PairedIntervals {
  const rows = truth.length;
  const order = Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) =>
      (truth[a] ?? 0) - (truth[b] ?? 0) || (first[a] ?? 0) - (first[b] ?? 0) || (second[a] ?? 0) - (second[b] ?? 0),
  );
  const sorted = (ids: ArrayLike<number>): Int32Array => Int32Array.from(order, (row) => ids[row] ?? 0);
  const own = sorted(truth);
  const models = [sorted(first), sorted(second)] as const;
  const score = sets ? createSetScorer(own, labels, sets) : createScorer(own, labels);
  const everyRow = Int32Array.from({ length: rows }, (_, row) => row);
  const values = models.map((predicted) => score(predicted, everyRow));
  const drawn = models.map(() => ({
    accuracy: new Float64Array(resamples),
    macroF1: new Float64Array(resamples),
  }));
  const random = createRandom(seed, BOOTSTRAP_STREAM);
  const sample = new Int32Array(rows);
  for (let at = 0; at < resamples; at++) {
    for (let row = 0; row < rows; row++) sample[row] = random.below(rows);
    models.forEach((predicted, model) => {
      const { accuracy, macroF1 } = score(predicted, sample);
      drawn[model]!.accuracy[at] = accuracy;
      drawn[model]!.macroF1[at] = macroF1;
    });
  }
  const [a, b] = [drawn[0]!, drawn[1]!];
  const intervals = (
    value: (kind: 'accuracy' | 'macroF1') => number,
    draws: (kind: 'accuracy' | 'macroF1') => Float64Array,
  ): ScoreIntervals => ({
    accuracy: intervalOf(value('accuracy'), draws('accuracy')),
    macroF1: intervalOf(value('macroF1'), draws('macroF1')),
  });
  return {
    first: intervals(
      (kind) => values[0]![kind],
      (kind) => a[kind].slice(),
    ),
    second: intervals(
      (kind) => values[1]![kind],
      (kind) => b[kind].slice(),
    ),
    gain: intervals(
      (kind) => values[0]![kind] - values[1]![kind],
      (kind) => a[kind].map((one, at) => one - (b[kind][at] ?? 0)),
    ),
  };
}

/** Keeps the draws apart from those of shuffles and of new weights under the same seed. */
const BOOTSTRAP_STREAM = 0xb007;

/** Some twenty million draws take a second; an interval of many rows is narrow and needs fewer of them. */
function defaultResamples(rows: number): number {
  return Math.round(Math.min(2000, Math.max(200, 2e7 / Math.max(1, rows))));
}

/** Scores chosen rows by counting alone; the arrays are reused from call to call. */
function createScorer(truth: Int32Array, labels: number) {
  const has = new Int32Array(labels);
  const said = new Int32Array(labels);
  const hits = new Int32Array(labels);
  return (predicted: Int32Array, rows: Int32Array): { accuracy: number; macroF1: number } => {
    has.fill(0);
    said.fill(0);
    hits.fill(0);
    for (const row of rows) {
      const own = truth[row]!;
      const other = predicted[row]!;
      has[own]!++;
      said[other]!++;
      if (own === other) hits[own]!++;
    }
    let right = 0;
    let sum = 0;
    let occurring = 0;
    for (let label = 0; label < labels; label++) {
      const marked = has[label]! + said[label]!;
      if (marked === 0) continue;
      occurring++;
      right += hits[label]!;
      sum += (2 * hits[label]!) / marked;
    }
    return { accuracy: rows.length === 0 ? 0 : right / rows.length, macroF1: occurring === 0 ? 0 : sum / occurring };
  };
}

/** The same for sets of labels: accuracy is that of whole sets, and every label counts for macro F1. */
function createSetScorer(truth: Int32Array, labels: number, sets: readonly (readonly number[])[]) {
  const marked = new Int32Array(labels);
  const hits = new Int32Array(labels);
  const common = sets.map((own) => new Set(own));
  return (predicted: Int32Array, rows: Int32Array): { accuracy: number; macroF1: number } => {
    marked.fill(0);
    hits.fill(0);
    let right = 0;
    for (const row of rows) {
      const [own, other] = [truth[row]!, predicted[row]!];
      if (own === other) right++;
      for (const label of sets[own]!) {
        marked[label]!++;
        if (common[other]!.has(label)) hits[label]!++;
      }
      for (const label of sets[other]!) marked[label]!++;
    }
    let sum = 0;
    for (let label = 0; label < labels; label++) if (marked[label]! > 0) sum += (2 * hits[label]!) / marked[label]!;
    return { accuracy: rows.length === 0 ? 0 : right / rows.length, macroF1: labels === 0 ? 0 : sum / labels };
  };
}

function intervalOf(value: number, draws: Float64Array): ScoreInterval {
  draws.sort();
  return { value, low: quantile(draws, 0.025), high: quantile(draws, 0.975) };
}

/** A quantile of sorted numbers, between its neighbours in proportion (numpy's default). */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? 0) - below);
}
