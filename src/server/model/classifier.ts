import type * as tf from '@tensorflow/tfjs-core';
import { type Drop, type DropoutPlace, type Parameters, type Rows, dense, dropoutPlaces, encode } from './bert';
import type { BertConfig, HeadName } from './config';
import { clsHead } from './heads/cls';
import type { Head } from './heads/head';
import { meanHead } from './heads/mean';
import { pooledHead } from './heads/pooled';
import { headWidth } from './weights';

/** Inputs of a classifier: `[B, T]` int32 tensors under the names that Hugging Face's ONNX exports use. */
export interface ClassifierInputs {
  readonly mask: tf.Tensor2D;
  readonly typeIds: tf.Tensor2D;
}

const HEADS: Readonly<Record<HeadName, Head>> = { cls: clsHead, pooled: pooledHead, mean: meanHead };

/**
 * A sequence classifier: the encoder, a head that sums a text up, dropout, a dense layer. With the head `cls` it is
 * `BertForSequenceClassification`.
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
  const layer = encode(config, parameters, words, mask, typeIds, rowsOfHead(config), drop);
  return classifyLayer(config, parameters, layer, mask, drop);
}

/**
 * Head and dense layer alone.
 * @param layer the encoder's last layer: `[R, H]`, or `[B, H]` for a head that reads the first rows
 * @param mask `[B, T]`
 * @returns logits `[B, labels]`
 */
export function classifyLayer(
  config: BertConfig,
  parameters: Parameters,
  layer: tf.Tensor2D,
  mask: tf.Tensor2D,
  drop: Drop,
): tf.Tensor2D {
  return dense(parameters, 'classifier', drop(HEADS[config.head].pool(config, parameters, layer, mask), 'pooled'));
}

/** Which rows of the last layer the configured head reads. */
export function rowsOfHead({ head }: BertConfig): Rows {
  return HEADS[head].rows;
}

/** Every place where `classify` drops elements. */
export function classifierDropoutPlaces(config: BertConfig, B: number, T: number): DropoutPlace[] {
  const pooled = { place: 'pooled', shape: [B, headWidth(config)], rate: config.classifierDropout };
  return [...dropoutPlaces(config, B, T, rowsOfHead(config)), ...(pooled.rate > 0 ? [pooled] : [])];
}
