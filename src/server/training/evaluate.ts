import { computeRows } from '../inference/batching';
import { argmax } from '../inference/probabilities';
import type { EncodedExample } from './batches';
import { type Scores, meanCrossEntropy, scorePredictions } from './metrics';
import type { Stepper } from './stepper';

/** How a model judges labelled rows. */
export interface Evaluation {
  readonly scores: Scores;
  /** Mean cross-entropy in nats. */
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
): Promise<Evaluation> {
  const width = labels.length;
  const probabilities = new Float64Array(examples.length * width);
  for await (const rows of computeRows(examples, padId, (batch) => stepper.logits(batch))) {
    for (const one of rows) probabilities.set(one.probabilities, one.row * width);
  }
  return judge(
    probabilities,
    Int32Array.from(examples, ({ label }) => label),
    labels,
  );
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
