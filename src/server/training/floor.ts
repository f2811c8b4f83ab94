import type { Example } from '../data/example';
import { fitNaiveBayes, predictNaiveBayes } from '../inference/naive-bayes';
import { argmax } from '../inference/probabilities';
import { type MultiLabel, splitLabels } from '../data/multi-label';
import { type Scores, scorePredictions } from './metrics';
import { type SetScores, decide, scoreSets } from './multi-label-metrics';

/** The floor of a data set: a naive Bayes fitted on some rows and scored on others, all labelled with labels of `labels`. */
export function scoreFloor(train: readonly Example[], test: readonly Example[], labels: readonly string[]): Scores {
  const model = fitNaiveBayes(train, labels);
  const ids = new Map(labels.map((label, id) => [label, id]));
  const truth = Int32Array.from(test, ({ label }) => ids.get(label ?? '') ?? -1);
  return scorePredictions(
    truth,
    Int32Array.from(test, (example) => argmax(predictNaiveBayes(model, example))),
    labels,
  );
}

/** The same for several labels a row: a naive Bayes for each label, of having it or not. */
export function scoreSetFloor(
  train: readonly Example[],
  test: readonly Example[],
  labels: readonly string[],
  multiLabel: MultiLabel,
): SetScores {
  const having = (rows: readonly Example[], label: string) =>
    rows.map((row) => ({ ...row, label: splitLabels(row.label ?? '', multiLabel).includes(label) ? 'yes' : 'no' }));
  const truth = new Uint8Array(test.length * labels.length);
  const probabilities = new Float64Array(truth.length);
  labels.forEach((label, id) => {
    const model = fitNaiveBayes(having(train, label), ['no', 'yes']);
    having(test, label).forEach((row, at) => {
      truth[at * labels.length + id] = Number(row.label === 'yes');
      probabilities[at * labels.length + id] = predictNaiveBayes(model, row)[1]!;
    });
  });
  return scoreSets(truth, decide(probabilities), labels);
}
