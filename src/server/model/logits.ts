import type * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine, HostTensor, Precision } from '../engine/engine';
import { type Parameters, noDropout, wordRows } from './bert';
import { classify } from './classifier';
import type { BertConfig } from './config';
import { type TextTensors, compileOnTexts } from './text-graph';

/** Encoded texts padded to one length: `[B, T]` each, row-major. */
export interface PaddedBatch {
  readonly B: number;
  readonly T: number;
  readonly ids: Int32Array;
  readonly mask: Int32Array;
  readonly typeIds: Int32Array;
  /** What was padded, in the order of the rows; fewer than B where the batch is filled up. */
  readonly encodings: readonly Encoded[];
}

/** A text as ids. */
export interface Encoded {
  readonly ids: Int32Array;
  readonly typeIds: Int32Array;
}

/**
 * Compiles the forward pass of a classifier for any batch and length. Inputs `ids`, `mask`, `typeIds`; output `logits` `[batch, labels]`.
 * @param variables `frozen` for a model that only predicts, `live` for one in training
 */
export function compileLogits(
  engine: Engine,
  config: BertConfig,
  parameters: Parameters,
  variables: 'frozen' | 'live',
  precision: Precision = 'float32',
): Promise<Compiled> {
  return compileOnTexts(engine, config, variables, (texts) => logitsOf(config, parameters, texts), precision);
}

/** The forward pass as a function of the weights: `logits` `[B, labels]`. */
export function logitsOf(
  config: BertConfig,
  parameters: Parameters,
  { ids, mask, typeIds }: TextTensors,
): { logits: tf.Tensor2D } {
  return { logits: classify(config, parameters, wordRows(parameters, ids), { mask, typeIds }, noDropout) };
}

/** The inputs of a compiled graph that a batch fills. */
export function batchTensors({ B, T, ids, mask, typeIds }: PaddedBatch): Record<string, HostTensor> {
  const tensor = (data: Int32Array): HostTensor => ({ dtype: 'int32', shape: [B, T], data });
  return { ids: tensor(ids), mask: tensor(mask), typeIds: tensor(typeIds) };
}

/**
 * Pads encodings to one length.
 * @param rows number of rows of the batch; those beyond the encodings repeat the first one, for graphs of a fixed batch size
 * @param padId id of `[PAD]`
 */
export function padBatch(
  encodings: readonly Encoded[],
  T: number,
  padId: number,
  rows = encodings.length,
): PaddedBatch {
  const ids = new Int32Array(rows * T).fill(padId);
  const mask = new Int32Array(rows * T);
  const typeIds = new Int32Array(rows * T);
  for (let row = 0; row < rows; row++) {
    const encoding = encodings[row] ?? encodings[0]!;
    if (encoding.ids.length > T)
      throw new RangeError(`A text of ${encoding.ids.length} tokens does not fit a batch of length ${T}.`);
    ids.set(encoding.ids, row * T);
    mask.fill(1, row * T, row * T + encoding.ids.length);
    typeIds.set(encoding.typeIds, row * T);
  }
  return { B: rows, T, ids, mask, typeIds, encodings };
}
