import { computeRows } from '../inference/batching';
import { argmax, sigmoid } from '../inference/probabilities';
import type { EncodedExample } from './batches';
import { type Classes, multiHot } from './classes';
import { type Scores, meanCrossEntropy, scorePredictions } from './metrics';
import { decide, meanBinaryCrossEntropy, scoreSets } from './multi-label-metrics';
import type { Stepper } from './stepper';

/** How a model judges labelled rows. */
export interface Evaluation {
  readonly scores: Scores;
  /** Mean cross-entropy in nats; with several labels a row, of their binary decisions. */
  readonly loss: number;
  /** A probability a label, row after row. */
  readonly probabilities: Float64Array;
  /** Label id with the greatest probability, a row. */
  readonly predicted: Int32Array;
}

/** Scores the weights in training, as they are now, on labelled rows. */
export async function evaluate(
  stepper: Pick<Stepper, 'logits'>,
  examples: readonly EncodedExample[],
  labels: readonly string[],
  padId: number,
  sets?: Classes['sets'],
): Promise<Evaluation> {
  const width = labels.length;
  const probabilities = new Float64Array(examples.length * width);
  for await (const rows of computeRows(examples, padId, (batch) => stepper.logits(batch), sets && sigmoid)) {
    for (const one of rows) probabilities.set(one.probabilities, one.row * width);
  }
  const truth = Int32Array.from(examples, ({ label }) => label);
  return sets ? judgeSets(probabilities, multiHot(truth, sets, width), labels) : judge(probabilities, truth, labels);
}

/** Scores the probabilities of several labels a row: accuracy is that of whole sets, and there is no confusion. */
export function judgeSets(probabilities: Float64Array, truth: Uint8Array, labels: readonly string[]): Evaluation {
  const width = labels.length;
  const { rows, accuracy, macro, perLabel } = scoreSets(truth, decide(probabilities), labels);
  return {
    scores: { rows, accuracy, macroF1: macro.f1, perLabel, confusion: [] },
    loss: meanBinaryCrossEntropy(probabilities, truth),
    probabilities,
    predicted: Int32Array.from({ length: rows }, (_, row) =>
      argmax(probabilities.subarray(row * width, (row + 1) * width)),
    ),
  };
}

/** Scores probabilities against the truth. */
export function judge(probabilities: Float64Array, truth: Int32Array, labels: readonly string[]): Evaluation {
  const width = labels.length;
  const predicted = truth.map((_, row) => argmax(probabilities.subarray(row * width, (row + 1) * width)));
  return {
    scores: scorePredictions(truth, predicted, labels),
    loss: meanCrossEntropy(probabilities, truth),
    probabilities,
    predicted,
  };
}
