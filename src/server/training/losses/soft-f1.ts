import * as tf from '@tensorflow/tfjs-core';
import type { LossInputs } from './loss';

/** Keeps a batch without any row of a label, and with none expected, from dividing by 0. */
export const EPSILON = 1e-7;

/**
 * 1 − soft F1 (the article's `f1_loss`, after Su Jianlin): F1 with probabilities in place of decisions, over the sums of the batch,
 * `2·Σyp / (Σy + Σp)`. The article's formula adds its epsilon to the quotient, by operator precedence, where it protects nothing; here it
 * stands in the denominator.
 * @param positive the label whose F1 it is; without one, the mean over all labels (soft macro F1)
 */
export function softF1({ logits, labels, weights }: LossInputs, positive?: number): tf.Scalar {
  const size = logits.shape[1];
  const counted = tf.reshape(weights, [-1, 1]);
  const truth = tf.mul(tf.oneHot(labels, size), counted); // [B, L]
  const probabilities = tf.mul(tf.softmax(logits), counted); // [B, L]
  const met = tf.sum(tf.mul(truth, probabilities), 0); // [L]; weights are 0 or 1, so their square is themselves
  const sums = tf.add(tf.sum(truth, 0), tf.sum(probabilities, 0)); // [L]
  const each = tf.div(tf.mul(met, 2), tf.add(sums, EPSILON)); // [L]
  if (positive === undefined) return tf.sub(1, tf.mean(each)) as tf.Scalar;
  return tf.sub(1, tf.reshape(tf.slice(each, [positive], [1]), [])) as tf.Scalar;
}
