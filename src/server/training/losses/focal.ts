import * as tf from '@tensorflow/tfjs-core';
import type { LossInputs } from './loss';

/**
 * Focal loss (Lin et al. 2017) for one label a text: cross-entropy times `(1 − p)^gamma`, p the probability of the true label. The mean is
 * over the class weights of the true labels, as in cross-entropy, which it is for gamma 0.
 */
export function focal(
  { logits, labels, weights }: LossInputs,
  gamma: number,
  classWeights?: readonly number[],
): tf.Scalar {
  const truth = tf.oneHot(labels, logits.shape[1]) as tf.Tensor2D;
  const log = tf.sum(tf.mul(truth, tf.logSoftmax(logits)), 1); // [B], ln p
  // ln(1 − p) would be infinite for a certain row; the power is taken of what is left of 1, kept above 0.
  const rest = tf.maximum(tf.sub(1, tf.exp(log)), 1e-7);
  const played = tf.mul(tf.exp(tf.mul(tf.log(rest), gamma)), tf.neg(log));
  const rowWeights =
    classWeights === undefined ? weights : tf.mul(tf.sum(tf.mul(truth, tf.tensor1d([...classWeights])), 1), weights);
  return tf.div(tf.sum(tf.mul(played, rowWeights)), tf.sum(rowWeights)) as tf.Scalar;
}
