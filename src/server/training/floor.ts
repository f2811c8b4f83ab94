import type { Example } from '../data/example';
import { fitNaiveBayes, predictNaiveBayes } from '../inference/naive-bayes';
import { argmax } from '../inference/probabilities';
import { type Scores, scorePredictions } from './metrics';

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
