import * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine, InputSpec } from '../engine/engine';
import {
  type Drop,
  type DropoutPlace,
  type Parameters,
  embeddings,
  noDropout,
  transformerLayers,
  wordRows,
} from './bert';
import { classifierDropoutPlaces, classifyLayer, rowsOfHead } from './classifier';
import type { BertConfig } from './config';
import { maskedRows, meanOfTokens } from './heads/masked';
import { compileOnTexts } from './text-graph';
import { isHeadWeight } from './weights';

/*
 * A classifier cut in two: a lower part that is not trained, whose output for a text never changes, and an upper part that is. The border
 * is `from`: the first layer of the upper part; the number of layers where the head alone is trained. The lower part has no dropout, so
 * that its output, the features of a text, can be kept.
 */

/** Whether one vector a text is all that the upper part reads; else it reads one a token. */
export function onePerText(config: BertConfig, from: number): boolean {
  return from === config.layers && config.head !== 'pooled';
}

/** Whether a weight belongs to the upper part. */
export function isTrained(name: string, from: number): boolean {
  const layer = /^bert\.encoder\.layer\.(\d+)\./.exec(name)?.[1];
  return layer === undefined ? isHeadWeight(name) : Number(layer) >= from;
}

/** Compiles the lower part: inputs `ids`, `mask`, `typeIds` `[batch, length]`; output `features` `[batch, length, H]`, or `[batch, 1, H]`. */
export function compileFeatures(
  engine: Engine,
  config: BertConfig,
  parameters: Parameters,
  from: number,
): Promise<Compiled> {
  return compileOnTexts(engine, config, 'frozen', ({ ids, mask, typeIds }) => {
    const [B, T] = mask.shape;
    const H = config.hiddenSize;
    const x = embeddings(config, parameters, wordRows(parameters, ids), typeIds, noDropout);
    const perText = onePerText(config, from);
    const rows = perText ? rowsOfHead(config) : 'all';
    const layer = transformerLayers(config, parameters, x, mask, [0, from], rows, noDropout);
    if (!perText) return { features: tf.reshape(layer, [B, T, H]) };
    const summed = rows === 'first' ? layer : meanOfTokens(maskedRows(layer, mask));
    return { features: tf.reshape(summed, [B, 1, H]) };
  });
}

/**
 * The upper part.
 * @param features `[B, T, H]`; T is 1 where there is one vector a text
 * @param mask `[B, T]`
 * @returns logits `[B, labels]`
 */
export function classifyFeatures(
  config: BertConfig,
  parameters: Parameters,
  features: tf.Tensor3D,
  mask: tf.Tensor2D,
  from: number,
  drop: Drop,
): tf.Tensor2D {
  const [B, T, H] = features.shape;
  const x = tf.reshape(features, [B * T, H]) as tf.Tensor2D;
  const layer = transformerLayers(config, parameters, x, mask, [from, config.layers], rowsOfHead(config), drop);
  return classifyLayer(config, parameters, layer, mask, drop);
}

/** Every place of the upper part where elements are dropped. */
export function partialDropoutPlaces(config: BertConfig, B: number, T: number, from: number): DropoutPlace[] {
  return classifierDropoutPlaces(config, B, T).filter(({ place }) => {
    const layer = /^layer\.(\d+)\./.exec(place)?.[1];
    return layer === undefined ? place === 'pooled' : Number(layer) >= from;
  });
}

/** What the upper part's forward pass reads. */
export function featureInputs({ hiddenSize }: BertConfig): Record<string, InputSpec> {
  return {
    features: { dtype: 'float32', shape: ['batch', 'length', hiddenSize] },
    mask: { dtype: 'int32', shape: ['batch', 'length'] },
  };
}

/** The upper part's forward pass as a function of the weights: `logits` `[B, labels]`. */
export function featureLogitsOf(
  config: BertConfig,
  parameters: Parameters,
  tensors: Record<string, tf.Tensor>,
  from: number,
): { logits: tf.Tensor2D } {
  const [features, mask] = [tensors.features as tf.Tensor3D, tensors.mask as tf.Tensor2D];
  return { logits: classifyFeatures(config, parameters, features, mask, from, noDropout) };
}

/** Compiles the upper part's forward pass. */
export function compileFeatureLogits(
  engine: Engine,
  config: BertConfig,
  parameters: Parameters,
  from: number,
): Promise<Compiled> {
  return engine.compile({
    inputs: featureInputs(config),
    variables: 'live',
    fn: (tensors) => featureLogitsOf(config, parameters, tensors, from),
  });
}
