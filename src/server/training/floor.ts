import type { Example } from '../data/example';
import { fitNaiveBayes, predictNaiveBayes } from '../inference/naive-bayes';
import { argmax } from '../inference/probabilities';
import { type MultiLabel, splitLabels } from '../data/multi-label';
import { type Scores, scorePredictions } from './metrics';
import { type SetScores, decide, scoreSets } from './multi-label-metrics';

/**
 * What a naive Bayes that was fitted on some rows says of others: a probability a label, row after row. Where rows have several labels there is a
 * naive Bayes for each, of having it or not.
 */
export function floorProbabilities(
  train: readonly Example[],
  test: readonly Example[],
  labels: readonly string[],
  multiLabel?: MultiLabel,
): Float64Array {
  const width = labels.length;
  const probabilities = new Float64Array(test.length * width);
  if (multiLabel === undefined) {
    const model = fitNaiveBayes(train, labels);
    test.forEach((row, at) => probabilities.set(predictNaiveBayes(model, row), at * width));
    return probabilities;
  }
  const sets = train.map(({ label = '' }) => new Set(splitLabels(label, multiLabel)));
  labels.forEach((label, id) => {
    const having = train.map((row, at) => ({ ...row, label: sets[at]!.has(label) ? 'yes' : 'no' }));
    const model = fitNaiveBayes(having, ['no', 'yes']);
    test.forEach((row, at) => (probabilities[at * width + id] = predictNaiveBayes(model, row)[1]!));
  });
  return probabilities;
}

/** The floor of a data set: a naive Bayes fitted on some rows and scored on others, all labelled with labels of `labels`. */
export function scoreFloor(train: readonly Example[], test: readonly Example[], labels: readonly string[]): Scores {
  const probabilities = floorProbabilities(train, test, labels);
  const ids = new Map(labels.map((label, id) => [label, id]));
  const truth = Int32Array.from(test, ({ label }) => ids.get(label ?? '') ?? -1);
  const predicted = truth.map((_, at) => argmax(probabilities.subarray(at * labels.length, (at + 1) * labels.length)));
  return scorePredictions(truth, predicted, labels);
}

/** The same for several labels a row. */
export function scoreSetFloor(
  train: readonly Example[],
  test: readonly Example[],
  labels: readonly string[],
  multiLabel: MultiLabel,
): SetScores {
  const own = test.map(({ label = '' }) => new Set(splitLabels(label, multiLabel)));
  const truth = Uint8Array.from(own.flatMap((set) => labels.map((label) => Number(set.has(label)))));
  return scoreSets(truth, decide(floorProbabilities(train, test, labels, multiLabel)), labels);
}
