import * as tf from '@tensorflow/tfjs-core';
import type { LossInputs } from './loss';

/**
 * Cross-entropy with class weights and label smoothing, as `torch.nn.CrossEntropyLoss`: the mean is over the weights of the true labels, and
 * the smoothed part weighs each label by its own.
 */
export function crossEntropy(
  { logits, labels, weights }: LossInputs,
  labelSmoothing: number,
  classWeights?: readonly number[],
): tf.Scalar {
  const size = logits.shape[1];
  const truth = tf.oneHot(labels, size) as tf.Tensor2D; // [B, L]
  const weighed = classWeights === undefined ? truth : (tf.mul(truth, tf.tensor1d([...classWeights])) as tf.Tensor2D);
  const logs = tf.logSoftmax(logits);
  const rowWeights = tf.mul(tf.sum(weighed, 1), weights); // [B]
  const total = tf.sum(rowWeights);
  const hard = tf.div(tf.sum(tf.mul(tf.neg(tf.sum(tf.mul(weighed, logs), 1)), weights)), total);
  if (labelSmoothing === 0) return hard as tf.Scalar;
  const all = classWeights === undefined ? logs : tf.mul(logs, tf.tensor1d([...classWeights]));
  const soft = tf.div(tf.sum(tf.mul(tf.neg(tf.sum(all, 1)), weights)), total);
  return tf.add(tf.mul(hard, 1 - labelSmoothing), tf.mul(soft, labelSmoothing / size)) as tf.Scalar;
}
