import * as tf from '@tensorflow/tfjs-core';
import type { LossInputs } from './loss';
import { EPSILON } from './soft-f1';

/** What a batch of several labels a row is judged by. */
export interface SetInputs {
  /** `[B, labels]` */
  readonly logits: tf.Tensor2D;
  /** `[B, labels]`: 1 for a label that the row has. */
  readonly truth: tf.Tensor2D;
  /** `[B]`, as in `LossInputs`. */
  readonly weights: tf.Tensor1D;
}

/** The truth of a batch whose rows name their sets of labels. @param sets the label ids of each set */
export function setInputs({ logits, labels, weights }: LossInputs, sets: readonly (readonly number[])[]): SetInputs {
  const size = logits.shape[1];
  const table = new Float32Array(sets.length * size);
  sets.forEach((own, set) => own.forEach((label) => (table[set * size + label] = 1)));
  const own = tf.oneHot(labels, sets.length, 1, 0, 'float32') as tf.Tensor2D;
  const truth = tf.matMul(own, tf.tensor2d(table, [sets.length, size])) as tf.Tensor2D;
  return { logits, truth, weights };
}

/**
 * Binary cross-entropy of every label, as `torch.nn.BCEWithLogitsLoss`: the mean over rows and labels.
 * @param positiveWeights how much a row that has a label counts for it, by label id (`pos_weight`)
 */
export function binaryCrossEntropy(
  { logits, truth, weights }: SetInputs,
  labelSmoothing: number,
  positiveWeights?: readonly number[],
): tf.Scalar {
  const size = logits.shape[1];
  // Half of what is smoothed goes to either side.
  const target = tf.add(tf.mul(truth, 1 - labelSmoothing), labelSmoothing / 2);
  const missed = tf.mul(target, tf.softplus(tf.neg(logits)));
  const weighed = positiveWeights === undefined ? missed : tf.mul(missed, tf.tensor1d([...positiveWeights]));
  const each = tf.add(weighed, tf.mul(tf.sub(1, target), tf.softplus(logits))); // [B, L]
  return tf.div(tf.sum(tf.mul(tf.sum(each, 1), weights)), tf.mul(tf.sum(weights), size)) as tf.Scalar;
}

/** 1 − soft macro F1 over the labels' own probabilities; see `softF1`. @param positive the only label that counts */
export function softSetF1({ logits, truth, weights }: SetInputs, positive?: number): tf.Scalar {
  const counted = tf.reshape(weights, [-1, 1]);
  const own = tf.mul(truth, counted);
  const probabilities = tf.mul(tf.sigmoid(logits), counted);
  const sums = tf.add(tf.sum(own, 0), tf.sum(probabilities, 0)); // [L]
  const each = tf.div(tf.mul(tf.sum(tf.mul(own, probabilities), 0), 2), tf.add(sums, EPSILON));
  if (positive === undefined) return tf.sub(1, tf.mean(each)) as tf.Scalar;
  return tf.sub(1, tf.reshape(tf.slice(each, [positive], [1]), [])) as tf.Scalar;
}
