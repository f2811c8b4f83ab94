import type { Example } from '../data/example';
import type { MultiLabel } from '../data/multi-label';
import { type Classes, multiHot } from './classes';
import { judge } from './evaluate';
import { floorProbabilities } from './floor';
import { labelMetrics } from './label-metrics';
import { decide, meanBinaryCrossEntropy, scoreSets } from './multi-label-metrics';
import { rocAuc } from './probability-metrics';

/** Labelled rows, each answered by the model of the fold that held it out. */
export interface OutOfFold {
  readonly labels: readonly string[];
  /** Label ids of each set, where rows have several labels. */
  readonly sets?: Classes['sets'];
  /** A label id a row; where rows have several labels, the number of their set. */
  readonly truth: Int32Array;
  /** The fold of each row, from 0. */
  readonly fold: Int32Array;
  /** [rows, labels], flat. */
  readonly probabilities: Float64Array;
}

/** A score of a cross-validation. */
export interface FoldedScore {
  /** Over all rows at once; null where it is undefined. */
  readonly all: number | null;
  /** Of each fold by itself; null where it is undefined there (an area needs rows with the label and rows without). */
  readonly folds: readonly (number | null)[];
  /** Mean and sample standard deviation (n - 1) of the folds that have it; null for none, and the deviation for one. */
  readonly mean: number | null;
  readonly deviation: number | null;
}

/**
 * The scores that are told, those that unequal frequencies of the labels mislead least first. `roc_auc`: of the positive label where there is one,
 * else the mean over the labels, each against the rest. `positive_f1`: only where there is a positive label. Of several labels a row: `micro_f1` of
 * all decisions alike, `hamming_loss` the share of wrong ones, `loss` their mean cross-entropy and `accuracy` the share of whole sets.
 */
export const FOLDED_SCORES = [
  'roc_auc',
  'positive_f1',
  'macro_f1',
  'micro_f1',
  'hamming_loss',
  'balanced_accuracy',
  'mcc',
  'loss',
  'accuracy',
] as const;

/** Name of such a score. */
export type FoldedScoreName = (typeof FOLDED_SCORES)[number];

/** All scores of a cross-validation that its task has. */
export type FoldedScores = Partial<Record<FoldedScoreName, FoldedScore>>;

/** Scores the rows of all folds, together and fold by fold. */
export function scoreOutOfFold(rows: OutOfFold, folds: number, positive?: string): FoldedScores {
  const all = scoresOf(rows, positive);
  const each = Array.from({ length: folds }, (_, fold) => scoresOf(rowsOfFold(rows, fold), positive));
  const names = FOLDED_SCORES.filter((name) => name in all);
  return Object.fromEntries(
    names.map((name): [FoldedScoreName, FoldedScore] => {
      const own = each.map((scores) => scores[name] ?? null);
      return [name, { all: all[name] ?? null, folds: own, ...spreadOf(own) }];
    }),
  );
}

/** The floor of a cross-validation: every row as a naive Bayes judges it that was fitted on the rows of the other folds. */
export function floorOutOfFold(
  examples: readonly Example[],
  { labels, sets, truth, fold }: Omit<OutOfFold, 'probabilities'>,
  folds: number,
  multiLabel?: MultiLabel,
): OutOfFold {
  const probabilities = new Float64Array(examples.length * labels.length);
  for (let own = 0; own < folds; own++) {
    const train = examples.filter((_, at) => fold[at] !== own);
    const test = Array.from(examples.keys()).filter((at) => fold[at] === own);
    const answers = floorProbabilities(train, test.map((at) => examples[at]!), labels, multiLabel); // prettier-ignore
    test.forEach((at, row) => probabilities.set(rowOf(answers, row, labels.length), at * labels.length));
  }
  return { labels, ...(sets === undefined ? {} : { sets }), truth, fold, probabilities };
}

function scoresOf(rows: OutOfFold, positive?: string): Partial<Record<FoldedScoreName, number | undefined>> {
  const { labels, sets, truth, probabilities } = rows;
  const width = labels.length;
  const hot = multiHot(truth, sets ?? labels.map((_, id) => [id]), width);
  const areas = labels.flatMap((label, id) => {
    if (positive !== undefined && label !== positive) return [];
    const column = <Data extends ArrayLike<number>>(data: Data) =>
      Array.from(truth, (_, row) => data[row * width + id]!);
    return rocAuc(column(hot).map(Boolean), column(probabilities)) ?? [];
  });
  const { perLabel, ...own } = sets ? scoresOfSets(hot, probabilities, labels) : scoresOfLabels(rows);
  const chosen = perLabel.find(({ label }) => label === positive);
  return {
    roc_auc: areas.length === 0 ? undefined : areas.reduce((a, b) => a + b, 0) / areas.length,
    ...(chosen === undefined ? {} : { positive_f1: chosen.f1 }),
    ...own,
  };
}

function scoresOfLabels({ labels, truth, probabilities }: OutOfFold) {
  const { scores, loss } = judge(probabilities, truth, labels);
  const { balancedAccuracy, mcc } = labelMetrics(scores);
  const { perLabel, macroF1, accuracy } = scores;
  return { perLabel, macro_f1: macroF1, balanced_accuracy: balancedAccuracy, mcc, loss, accuracy };
}

function scoresOfSets(truth: Uint8Array, probabilities: Float64Array, labels: readonly string[]) {
  const { perLabel, macro, micro, hammingLoss, accuracy } = scoreSets(truth, decide(probabilities), labels);
  const loss = meanBinaryCrossEntropy(probabilities, truth);
  return { perLabel, macro_f1: macro.f1, micro_f1: micro.f1, hamming_loss: hammingLoss, loss, accuracy };
}

function rowOf(probabilities: Float64Array, row: number, width: number): Float64Array {
  return probabilities.subarray(row * width, (row + 1) * width);
}

function rowsOfFold({ labels, sets, truth, fold, probabilities }: OutOfFold, own: number): OutOfFold {
  const rows = Array.from(fold.keys()).filter((row) => fold[row] === own);
  const width = labels.length;
  const taken = new Float64Array(rows.length * width);
  rows.forEach((row, at) => taken.set(rowOf(probabilities, row, width), at * width));
  return {
    labels,
    ...(sets === undefined ? {} : { sets }),
    truth: Int32Array.from(rows, (row) => truth[row]!),
    fold: new Int32Array(rows.length).fill(own),
    probabilities: taken,
  };
}

function spreadOf(scores: readonly (number | null)[]): Pick<FoldedScore, 'mean' | 'deviation'> {
  const found = scores.filter((score) => score !== null);
  if (found.length === 0) return { mean: null, deviation: null };
  const mean = found.reduce((sum, score) => sum + score, 0) / found.length;
  if (found.length === 1) return { mean, deviation: null };
  const squares = found.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (found.length - 1)) };
}
