import { argmax } from '../inference/probabilities';
import { setOf } from '../inference/set-prediction';
import type { Evaluation } from '../training/evaluate';
import type { JudgedRow } from './predictions';
import { textHash } from './run-folder';
import type { TrainingData } from './training-data';

/** The held-out rows of a run with the two labels that an evaluation finds most probable. */
export function judgedRows(
  { heldOut, labels, multiLabel }: Pick<TrainingData, 'heldOut' | 'labels' | 'multiLabel'>,
  { predicted, probabilities }: Pick<Evaluation, 'predicted' | 'probabilities'>,
): JudgedRow[] {
  return heldOut.map(({ row, text, textB, label }, i) => {
    const own = probabilities.slice(i * labels.length, (i + 1) * labels.length);
    if (multiLabel) {
      const { label: prediction, probability } = setOf(own, labels, multiLabel);
      return { row, hash: textHash(text, textB), label: label!, prediction, probability };
    }
    const first = predicted[i]!;
    const probability = own[first]!;
    own[first] = -1;
    const second = argmax(own);
    return {
      row,
      hash: textHash(text, textB),
      label: label!,
      prediction: labels[first]!,
      probability,
      ...(second === first ? {} : { second: labels[second]!, secondProbability: own[second]! }),
    };
  });
}
