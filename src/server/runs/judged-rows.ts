import { type MultiLabel, joinLabels } from '../data/multi-label';
import { argmax } from '../inference/probabilities';
import type { Evaluation } from '../training/evaluate';
import { decide } from '../training/multi-label-metrics';
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
    if (multiLabel) return { row, hash: textHash(text, textB), label: label!, ...setOf(own, labels, multiLabel) };
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

/** The set that is predicted, and the probability of its least sure decision. */
function setOf(probabilities: Float64Array, labels: readonly string[], multiLabel: MultiLabel) {
  const given = decide(probabilities);
  const own = labels.filter((_, id) => given[id] === 1);
  const probability = Math.min(...probabilities.map((one) => Math.max(one, 1 - one)));
  return { prediction: joinLabels(own, labels, multiLabel), probability };
}
