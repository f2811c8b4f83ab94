import * as tf from '@tensorflow/tfjs-core';
import { type Drop, type DropoutPlace, type Parameters, dense, dropoutPlaces, encode } from './bert';
import type { BertConfig } from './config';

/** Inputs of a classifier: three `[B, T]` int32 tensors under the names that Hugging Face's ONNX exports use. */
export interface ClassifierInputs {
  readonly mask: tf.Tensor2D;
  readonly typeIds: tf.Tensor2D;
}

/**
 * A sequence classifier on the pooled `[CLS]`, as `BertForSequenceClassification`: dense + tanh on the first row, dropout, dense.
 * @param words `[R, H]`, of `wordRows`
 * @returns logits `[B, labels]`
 */
export function classify(
  config: BertConfig,
  parameters: Parameters,
  words: tf.Tensor2D,
  { mask, typeIds }: ClassifierInputs,
  drop: Drop,
): tf.Tensor2D {
  const first = encode(config, parameters, words, mask, typeIds, 'first', drop);
  const pooled = tf.tanh(dense(parameters, 'bert.pooler.dense', first));
  return dense(parameters, 'classifier', drop(pooled, 'pooled'));
}

/** Every place where `classify` drops elements. */
export function classifierDropoutPlaces(config: BertConfig, B: number, T: number): DropoutPlace[] {
  const pooled = { place: 'pooled', shape: [B, config.hiddenSize], rate: config.classifierDropout };
  return [...dropoutPlaces(config, B, T, 'first'), ...(pooled.rate > 0 ? [pooled] : [])];
}

/**
 * Cross-entropy, averaged with one weight a text; a weight of 0 takes a text (padding of a batch) out of the loss altogether.
 * @param logits `[B, labels]`
 * @param labels `[B]` int32
 * @param weights `[B]`
 * @returns a scalar
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, weights: tf.Tensor1D): tf.Scalar {
  const hot = tf.oneHot(labels, logits.shape[1]);
  const each = tf.neg(tf.sum(tf.mul(hot, tf.logSoftmax(logits)), -1));
  return tf.div(tf.sum(tf.mul(each, weights)), tf.sum(weights));
}
