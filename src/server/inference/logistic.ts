import { minimise, type Objective } from './lbfgs';

/** Labelled vectors. */
export interface LabelledVectors {
  /** `[rows, width]`, row-major. */
  readonly vectors: Float32Array;
  readonly width: number;
  /** The class of each row, 0 to `classes` − 1. */
  readonly truth: Int32Array;
  readonly classes: number;
}

/** Weights of a logistic regression: for each class `width` weights and then its bias, `[classes, width + 1]`. */
export type LogisticWeights = Float64Array;

/** Multiplications between two yields: about two milliseconds. */
const CHUNK = 2_000_000;

/**
 * Fits a multinomial logistic regression: the weights under which the rows' classes are likeliest, less `strength` / 2 times the sum of their
 * squares, biases apart. It yields every few milliseconds.
 * @param start weights to begin with, such as those fitted to nearly the same rows: they change the time that it takes and not where it ends
 */
export function fitLogistic(
  rows: LabelledVectors,
  strength: number,
  start: LogisticWeights = new Float64Array(rows.classes * (rows.width + 1)),
): Generator<void, LogisticWeights> {
  const least = Math.max(1e-3, rows.truth.length * 1e-5);
  return minimise(logisticLoss(rows, strength), start, { steps: 100, least });
}

/** The loss that {@link fitLogistic} minimises, in nats. */
export function logisticLoss({ vectors, width, truth, classes }: LabelledVectors, strength: number): Objective {
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK / (2 * width * classes)));
  return function* (weights, gradient) {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < truth.length; row++) {
      if (row > 0 && row % rowsAtOnce === 0) yield;
      const vector = vectors.subarray(row * width, (row + 1) * width);
      const scores = logisticScores(weights, vector, classes);
      const own = truth[row]!;
      const total = logSumExp(scores);
      loss += total - scores[own]!;
      for (let label = 0; label < classes; label++) {
        const error = Math.exp(scores[label]! - total) - (label === own ? 1 : 0);
        // What is right beyond doubt moves nothing.
        if (Math.abs(error) < 1e-7) continue;
        const at = label * (width + 1);
        for (let i = 0; i < width; i++) gradient[at + i] = gradient[at + i]! + error * vector[i]!;
        gradient[at + width] = gradient[at + width]! + error;
      }
    }
    for (let at = 0; at < weights.length; at++) {
      if (at % (width + 1) === width) continue;
      loss += (strength / 2) * weights[at]! ** 2;
      gradient[at] = gradient[at]! + strength * weights[at]!;
    }
    return loss;
  };
}

/** The score of each class for a vector: logarithms of its odds, up to a constant. */
export function logisticScores(weights: LogisticWeights, vector: Float32Array, classes: number): Float64Array {
  const width = vector.length;
  const scores = new Float64Array(classes);
  for (let label = 0; label < classes; label++) {
    const at = label * (width + 1);
    let sum = weights[at + width]!;
    for (let i = 0; i < width; i++) sum += weights[at + i]! * vector[i]!;
    scores[label] = sum;
  }
  return scores;
}

/** ln Σ exp, without overflow. */
export function logSumExp(values: Float64Array): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}
