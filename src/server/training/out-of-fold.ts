import { fitNaiveBayes, predictNaiveBayes } from '../inference/naive-bayes';
import type { Example } from '../data/example';
import { judge } from './evaluate';
import { labelMetrics } from './label-metrics';
import { rocAuc } from './probability-metrics';

/** Labelled rows, each answered by the model of the fold that held it out. */
export interface OutOfFold {
  readonly labels: readonly string[];
  /** A label id a row. */
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
 * else the mean over the labels, each against the rest. `positive_f1`: only where there is a positive label.
 */
export const FOLDED_SCORES = [
  'roc_auc',
  'positive_f1',
  'macro_f1',
  'balanced_accuracy',
  'mcc',
  'loss',
  'accuracy',
] as const;

/** Name of such a score. */
export type FoldedScoreName = (typeof FOLDED_SCORES)[number];

/** All scores of a cross-validation; `positive_f1` where there is a positive label. */
export type FoldedScores = Partial<Record<FoldedScoreName, FoldedScore>>;

/** Scores the rows of all folds, together and fold by fold. */
export function scoreOutOfFold(rows: OutOfFold, folds: number, positive?: string): FoldedScores {
  const all = scoresOf(rows, positive);
  const each = Array.from({ length: folds }, (_, fold) => scoresOf(rowsOfFold(rows, fold), positive));
  const names = FOLDED_SCORES.filter((name) => name !== 'positive_f1' || positive !== undefined);
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
  { labels, truth, fold }: Omit<OutOfFold, 'probabilities'>,
  folds: number,
): OutOfFold {
  const probabilities = new Float64Array(examples.length * labels.length);
  for (let own = 0; own < folds; own++) {
    const model = fitNaiveBayes(
      examples.filter((_, at) => fold[at] !== own),
      labels,
    );
    examples.forEach((example, at) => {
      if (fold[at] === own) probabilities.set(predictNaiveBayes(model, example), at * labels.length);
    });
  }
  return { labels, truth, fold, probabilities };
}

function scoresOf({ labels, truth, probabilities }: OutOfFold, positive?: string) {
  const { scores, loss } = judge(probabilities, truth, labels);
  const { balancedAccuracy, mcc } = labelMetrics(scores);
  const chosen = scores.perLabel.find(({ label }) => label === positive);
  const areas = labels.flatMap((label, id) => {
    if (chosen !== undefined && label !== positive) return [];
    const hits = Array.from(truth, (own) => own === id);
    return (
      rocAuc(
        hits,
        Float64Array.from(truth, (_, row) => probabilities[row * labels.length + id]!),
      ) ?? []
    );
  });
  return {
    roc_auc: areas.length === 0 ? undefined : areas.reduce((a, b) => a + b, 0) / areas.length,
    positive_f1: chosen?.f1,
    macro_f1: scores.macroF1,
    balanced_accuracy: balancedAccuracy,
    mcc,
    loss,
    accuracy: scores.accuracy,
  };
}

function rowsOfFold({ labels, truth, fold, probabilities }: OutOfFold, own: number): OutOfFold {
  const rows = Array.from(fold.keys()).filter((row) => fold[row] === own);
  const width = labels.length;
  const taken = new Float64Array(rows.length * width);
  rows.forEach((row, at) => taken.set(probabilities.subarray(row * width, (row + 1) * width), at * width));
  return {
    labels,
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
