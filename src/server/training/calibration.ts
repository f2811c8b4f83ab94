import { argmax, atTemperature } from '../inference/probabilities';
import { meanCrossEntropy } from './metrics';
import { reliability } from './probability-metrics';

/** Loss and calibration error of rows. */
export interface Trust {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Expected calibration error (`reliability`). */
  readonly error: number;
}

/** What a model's logits are divided by, so that its probabilities may be believed. */
export interface Calibration {
  readonly temperature: number;
  /** Rows that it was fitted on. */
  readonly rows: number;
  readonly before: Trust;
  /** Of the same rows, each with a temperature that was fitted without it, so that the fit does not flatter itself. */
  readonly after: Trust;
}

/** Parts of the rows, each judged by a temperature fitted on the others. */
const FOLDS = 5;

/** Temperatures that are believed; what lies beyond comes of too few rows. */
const BOUNDS = { coldest: 0.2, hottest: 20 };

/**
 * Fits a temperature (Guo et al. 2017, "On Calibration of Modern Neural Networks") on held-out rows. Undefined where it does not lower the loss of
 * rows that it was not fitted on: few rows, or none that is wrong, say nothing of how sure a model may be.
 * @param probabilities `[rows, labels]`, flat @param truth a label id a row @param together how many rows in succession are of one text
 */
export function calibrate(probabilities: Float64Array, truth: Int32Array, together = 1): Calibration | undefined {
  const rows = truth.length / together;
  if (rows < FOLDS) return undefined;
  const width = probabilities.length / truth.length;
  const all = Array.from(truth.keys());
  const foldOf = (row: number) => Math.floor(row / together) % FOLDS;
  const temperature = fitTemperature(probabilities, truth, all);
  const others = new Float64Array(probabilities.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const own = fitTemperature(probabilities, truth, all.filter((row) => foldOf(row) !== fold)); // prettier-ignore
    for (const row of all.filter((one) => foldOf(one) === fold))
      others.set(atTemperature(rowOf(probabilities, row, width), own), row * width);
  }
  const [before, after] = [trustOf(probabilities, truth), trustOf(others, truth)];
  return temperature !== 1 && after.loss < before.loss ? { temperature, rows, before, after } : undefined;
}

/**
 * The same for several labels a row: one temperature for all sigmoids.
 * @param probabilities `[rows, labels]`, flat @param truth 1 for every label that a row has @param width labels a row
 */
export function calibrateSets(probabilities: Float64Array, truth: Uint8Array, width: number): Calibration | undefined {
  return calibrate(asDecisions(probabilities), Int32Array.from(truth), width);
}

/**
 * Every decision of several labels a row as a row of two labels, no and yes: a softmax over 0 and a logit is the sigmoid of that logit, so what is known
 * of one label a row holds.
 * @returns `[rows × labels, 2]`, flat
 */
export function asDecisions(probabilities: Float64Array): Float64Array {
  const pairs = new Float64Array(2 * probabilities.length);
  probabilities.forEach((yes, at) => pairs.set([1 - yes, yes], 2 * at));
  return pairs;
}

/** Every row at a temperature. @param width labels a row */
export function allAtTemperature(probabilities: Float64Array, width: number, temperature: number): Float64Array {
  const tempered = new Float64Array(probabilities.length);
  for (let at = 0; at < probabilities.length; at += width) {
    tempered.set(atTemperature(probabilities.subarray(at, at + width), temperature), at);
  }
  return tempered;
}

/** Loss and calibration error of probabilities. */
export function trustOf(probabilities: Float64Array, truth: Int32Array): Trust {
  return { loss: meanCrossEntropy(probabilities, truth), error: reliability(...confidencesOf(probabilities, truth)).error }; // prettier-ignore
}

/** What `reliability` compares: the probability of each row's predicted label, and whether it is the true one. */
export function confidencesOf(
  probabilities: Float64Array,
  truth: ArrayLike<number>,
): [confidences: number[], right: boolean[]] {
  const rows = truth.length;
  const width = rows === 0 ? 0 : probabilities.length / rows;
  const confidences: number[] = [];
  const right: boolean[] = [];
  for (let row = 0; row < rows; row++) {
    const own = rowOf(probabilities, row, width);
    const best = argmax(own);
    confidences.push(own[best]!);
    right.push(best === truth[row]);
  }
  return [confidences, right];
}

/**
 * The temperature under which rows have the lowest loss, within bounds. With the inverse temperature for the unknown the loss is convex: Newton's
 * steps, halving the bracket where one would leave it. Where every row is right the loss only falls as certainty grows; then it is 1.
 */
export function fitTemperature(probabilities: Float64Array, truth: Int32Array, rows: readonly number[]): number {
  const width = truth.length === 0 ? 0 : probabilities.length / truth.length;
  const logits = Float64Array.from(probabilities, (one) => Math.log(Math.max(one, Number.MIN_VALUE)));
  const wrong = rows.some((row) => argmax(rowOf(probabilities, row, width)) !== truth[row]);
  if (!wrong) return 1;
  let [low, high] = [1 / BOUNDS.hottest, 1 / BOUNDS.coldest];
  if (slopesAt(low).first >= 0) return BOUNDS.hottest;
  if (slopesAt(high).first <= 0) return BOUNDS.coldest;
  let inverse = 1;
  for (let turn = 0; turn < 100 && high - low > 1e-12; turn++) {
    const { first, second } = slopesAt(inverse);
    if (first > 0) high = inverse;
    else low = inverse;
    const next = inverse - first / second;
    if (Math.abs(next - inverse) < 1e-12) break;
    inverse = next > low && next < high ? next : (low + high) / 2;
  }
  return 1 / inverse;

  /** First and second derivative of the summed loss by the inverse temperature. */
  function slopesAt(beta: number): { first: number; second: number } {
    let [first, second] = [0, 0];
    for (const row of rows) {
      const own = rowOf(logits, row, width);
      const largest = beta * Math.max(...own);
      let [sum, mean, square] = [0, 0, 0];
      for (const logit of own) {
        const weight = Math.exp(beta * logit - largest);
        sum += weight;
        mean += weight * logit;
        square += weight * logit * logit;
      }
      mean /= sum;
      first += mean - own[truth[row]!]!;
      second += square / sum - mean * mean;
    }
    return { first, second };
  }
}

function rowOf(values: Float64Array, row: number, width: number): Float64Array {
  return values.subarray(row * width, (row + 1) * width);
}
