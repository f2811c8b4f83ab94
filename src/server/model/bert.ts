import * as tf from '@tensorflow/tfjs-core';
import { dropout, gelu, layerNorm } from './composites';
import type { BertConfig } from './config';
import { adaptedLayers, adapterWeight } from './lora';

/*
 * BERT's encoder (Devlin et al. 2018), as `BertModel` of Hugging Face transformers computes it. Axes, named once:
 *
 *   B batch   T length in tokens   R = B·T rows   H hidden size   N attention heads   D = H / N head size   I intermediate size
 *
 * Weights carry the names and the `[out, in]` layout of the Hugging Face checkpoint, so that nothing is renamed or transposed on the way in
 * or out.
 */

/** Weights of a model as tensors or variables, by name. */
export type Parameters = ReadonlyMap<string, tf.Tensor>;

/**
 * Applies dropout at a place, or nothing (inference). Places are those of `dropoutPlaces`.
 * @param x what to drop elements of
 */
export type Drop = <T extends tf.Tensor>(x: T, place: string) => T;

/** Dropout for inference: none. */
export const noDropout: Drop = (x) => x;

/** One place where the model drops elements: the shape of its mask and the probability to drop. */
export interface DropoutPlace {
  readonly place: string;
  readonly shape: readonly number[];
  readonly rate: number;
}

/** Dropout with masks that come in as tensors, by place. */
export function maskedDropout(
  places: readonly DropoutPlace[],
  masks: Readonly<Record<string, tf.Tensor>>,
  keepOf: (rate: number) => number,
): Drop {
  const byPlace = new Map(places.map((place) => [place.place, place]));
  return (x, place) => {
    const known = byPlace.get(place);
    // A rate of 0 has no place and no mask.
    if (known === undefined) return x;
    assertShape(x, known.shape, `dropout at ${place}`);
    return dropout(x, masks[place]!, keepOf(known.rate));
  };
}

/** Which rows of the last layer are wanted. `first`, the row of `[CLS]` alone, saves most of the last layer's work. */
export type Rows = 'all' | 'first';

/** Every place where `encode` drops elements, for inputs of B texts of T tokens. */
export function dropoutPlaces(config: BertConfig, B: number, T: number, rows: Rows): DropoutPlace[] {
  const { hiddenSize: H, heads: N, layers } = config;
  const places: DropoutPlace[] = [{ place: 'embeddings', shape: [B * T, H], rate: config.hiddenDropout }];
  for (let layer = 0; layer < layers; layer++) {
    const first = rows === 'first' && layer === layers - 1;
    const [queries, R] = first ? [1, B] : [T, B * T];
    places.push(
      { place: `layer.${layer}.attention.probabilities`, shape: [B, N, queries, T], rate: config.attentionDropout },
      { place: `layer.${layer}.attention.output`, shape: [R, H], rate: config.hiddenDropout },
      { place: `layer.${layer}.output`, shape: [R, H], rate: config.hiddenDropout },
    );
  }
  places.push(...adapterPlaces(config, B, T, rows));
  return places.filter(({ rate }) => rate > 0);
}

/** Where adapters drop what they read: all of it, or, where the last layer computes first rows alone, what those need. */
function adapterPlaces(config: BertConfig, B: number, T: number, rows: Rows): DropoutPlace[] {
  const { lora, layers } = config;
  if (lora === undefined) return [];
  return adaptedLayers(config, lora).map(({ name, in: input }) => {
    const first =
      rows === 'first' && name.startsWith(`bert.encoder.layer.${layers - 1}.`) && !/\.(key|value)$/.test(name);
    return { place: adapterPlace(name), shape: [first ? B : B * T, input], rate: lora.dropout };
  });
}

/** The place at which the adapter of a dense layer drops elements. */
function adapterPlace(name: string): string {
  return `${name}.lora`;
}

/** Name of the word embedding table. Training treats it apart: only the rows of a batch have a gradient. */
export const WORD_EMBEDDINGS = 'bert.embeddings.word_embeddings.weight';

/**
 * Looks the words up.
 * @param ids `[B, T]` vocabulary ids
 * @returns `[R, H]`
 */
export function wordRows(parameters: Parameters, ids: tf.Tensor2D): tf.Tensor2D {
  return tf.gather(parameter(parameters, WORD_EMBEDDINGS), tf.reshape(ids, [-1])) as tf.Tensor2D;
}

/**
 * The encoder, from looked-up words to the last layer.
 * @param words `[R, H]`, of `wordRows`
 * @param mask `[B, T]`, 1 for a token, 0 for padding
 * @param typeIds `[B, T]` token type ids
 * @param positionIds `[T]`, where the tokens are said to stand; else from 0 on
 * @returns the last layer: `[R, H]`, or `[B, H]` where only the first rows are asked for
 */
export function encode(
  config: BertConfig,
  parameters: Parameters,
  words: tf.Tensor2D,
  mask: tf.Tensor2D,
  typeIds: tf.Tensor2D,
  rows: Rows,
  drop: Drop,
  positionIds?: tf.Tensor1D,
): tf.Tensor2D {
  const x = embeddings(config, parameters, words, typeIds, drop, positionIds);
  return transformerLayers(config, parameters, x, mask, [0, config.layers], rows, drop);
}

/**
 * Some of the encoder's layers, one upon the other.
 * @param x `[R, H]`, what the first of them reads
 * @param mask `[B, T]`, 1 for a token, 0 for padding
 * @param layers the first of them, and the first that is not
 * @param rows which rows of the encoder's last layer are wanted, where it is among them
 * @returns `[R, H]`, or `[B, H]` where only the first rows are asked for
 */
export function transformerLayers(
  config: BertConfig,
  parameters: Parameters,
  x: tf.Tensor2D,
  mask: tf.Tensor2D,
  [from, to]: readonly [number, number],
  rows: Rows,
  drop: Drop,
): tf.Tensor2D {
  const [B, T] = mask.shape;
  // Padding gets a score far below any other before the softmax: its probability underflows to 0.
  const padding = tf.mul(tf.sub(1, tf.cast(tf.reshape(mask, [B, 1, 1, T]), 'float32')), -1e9) as tf.Tensor4D;
  for (let layer = from; layer < to; layer++) {
    const first = rows === 'first' && layer === config.layers - 1;
    x = transformerLayer(config, parameters, layer, x, padding, first, drop);
  }
  return x;
}

/** Word + position + token type, normalised. `[R, H]` → `[R, H]`. @param positionIds as in {@link encode} */
export function embeddings(
  config: BertConfig,
  parameters: Parameters,
  words: tf.Tensor2D,
  typeIds: tf.Tensor2D,
  drop: Drop,
  positionIds?: tf.Tensor1D,
): tf.Tensor2D {
  const [B, T] = typeIds.shape;
  const H = config.hiddenSize;
  assertShape(words, [B * T, H], 'word rows');
  const positionTable = parameter(parameters, 'bert.embeddings.position_embeddings.weight') as tf.Tensor2D;
  const typeTable = parameter(parameters, 'bert.embeddings.token_type_embeddings.weight') as tf.Tensor2D;
  // Products with one-hot rows where ids say which: their gradients are products too, where a lookup's would add rows by index.
  const positions =
    positionIds === undefined
      ? tf.slice(positionTable, [0, 0], [T, H])
      : tf.matMul(tf.oneHot(positionIds, config.maxPositions) as tf.Tensor2D, positionTable);
  const types = tf.matMul(tf.oneHot(tf.reshape(typeIds, [B * T]), config.typeVocabSize) as tf.Tensor2D, typeTable);
  const placed = tf.reshape(tf.add(tf.reshape(words, [B, T, H]), positions), [B * T, H]);
  return drop(norm(config, parameters, 'bert.embeddings', tf.add(placed, types) as tf.Tensor2D), 'embeddings');
}

/** One layer: self-attention, then two dense layers, each added to what came in and normalised. `[R, H]` → `[R, H]`, or `[B, H]` for first rows */
function transformerLayer(
  config: BertConfig,
  parameters: Parameters,
  layer: number,
  x: tf.Tensor2D,
  padding: tf.Tensor4D,
  first: boolean,
  drop: Drop,
): tf.Tensor2D {
  const prefix = `bert.encoder.layer.${layer}`;
  const place = `layer.${layer}`;
  const queries = first ? firstRows(x, padding.shape[0]) : x;
  const context = selfAttention(
    config,
    parameters,
    `${prefix}.attention.self`,
    queries,
    x,
    padding,
    first,
    drop,
    place,
  );
  const attended = drop(
    adapted(config, parameters, `${prefix}.attention.output.dense`, context, drop),
    `${place}.attention.output`,
  );
  const middle = norm(config, parameters, `${prefix}.attention.output`, tf.add(attended, queries) as tf.Tensor2D);
  const expanded = gelu(adapted(config, parameters, `${prefix}.intermediate.dense`, middle, drop)); // [R, I]
  const output = drop(adapted(config, parameters, `${prefix}.output.dense`, expanded, drop), `${place}.output`);
  return norm(config, parameters, `${prefix}.output`, tf.add(output, middle) as tf.Tensor2D);
}

/**
 * Multi-head scaled dot-product attention.
 * @param from `[R, H]` rows that ask, or `[B, H]`
 * @param to `[R, H]` rows that are asked
 * @returns `[R, H]` or `[B, H]`
 */
function selfAttention(
  config: BertConfig,
  parameters: Parameters,
  prefix: string,
  from: tf.Tensor2D,
  to: tf.Tensor2D,
  padding: tf.Tensor4D,
  first: boolean,
  drop: Drop,
  place: string,
): tf.Tensor2D {
  const [B, , , T] = padding.shape;
  const { hiddenSize: H, heads: N } = config;
  const D = H / N;
  const Q = first ? 1 : T;
  const heads = (rows: tf.Tensor2D, length: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(rows, [B, length, N, D]), [0, 2, 1, 3]);
  const query = heads(adapted(config, parameters, `${prefix}.query`, from, drop), Q); // [B, N, Q, D]
  const key = heads(adapted(config, parameters, `${prefix}.key`, to, drop), T); // [B, N, T, D]
  const value = heads(adapted(config, parameters, `${prefix}.value`, to, drop), T); // [B, N, T, D]
  const scores = tf.add(tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(D)), padding); // [B, N, Q, T]
  const probabilities = drop(tf.softmax(scores), `${place}.attention.probabilities`);
  const context = tf.transpose(tf.matMul(probabilities, value), [0, 2, 1, 3]); // [B, Q, N, D]
  return tf.reshape(context, [B * Q, H]);
}

/** The row of `[CLS]` of each text. `[R, H]` → `[B, H]` */
export function firstRows(x: tf.Tensor2D, B: number): tf.Tensor2D {
  const [R, H] = x.shape;
  return tf.reshape(tf.slice(tf.reshape(x, [B, R / B, H]), [0, 0, 0], [B, 1, H]), [B, H]);
}

/** `x·Wᵀ + b`. `[R, in]` → `[R, out]` */
export function dense(parameters: Parameters, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const weight = parameter(parameters, `${name}.weight`) as tf.Tensor2D;
  if (x.shape[1] !== weight.shape[1])
    throw new Error(`${name} takes ${weight.shape[1]} inputs a row, not ${x.shape[1]}.`);
  return tf.fused.matMul({
    a: x,
    b: weight,
    transposeB: true,
    bias: parameter(parameters, `${name}.bias`),
  }) as tf.Tensor2D;
}

/**
 * A dense layer of the encoder with its adapter, where it has one: `x·Wᵀ + b + (alpha / rank)·drop(x)·Aᵀ·Bᵀ`; see `lora.ts`. The product
 * B·A is never made, so that nothing of the size of W is differentiated.
 */
function adapted(config: BertConfig, parameters: Parameters, name: string, x: tf.Tensor2D, drop: Drop): tf.Tensor2D {
  const plain = dense(parameters, name, x);
  const down = parameters.get(adapterWeight(name, 'A')) as tf.Tensor2D | undefined;
  if (config.lora === undefined || down === undefined) return plain;
  const up = parameter(parameters, adapterWeight(name, 'B')) as tf.Tensor2D;
  const low = tf.matMul(drop(x, adapterPlace(name)), down, false, true); // [R, rank]
  return tf.add(plain, tf.matMul(tf.mul(low, config.lora.alpha / config.lora.rank), up, false, true)) as tf.Tensor2D;
}

function norm(config: BertConfig, parameters: Parameters, prefix: string, x: tf.Tensor2D): tf.Tensor2D {
  const scale = parameter(parameters, `${prefix}.LayerNorm.weight`) as tf.Tensor1D;
  return layerNorm(x, scale, parameter(parameters, `${prefix}.LayerNorm.bias`) as tf.Tensor1D, config.layerNormEps);
}

/** A weight by name. */
export function parameter(parameters: Parameters, name: string): tf.Tensor {
  const tensor = parameters.get(name);
  if (tensor === undefined) throw new Error(`The model has no weight ${name}.`);
  return tensor;
}

/** Throws where a tensor's shape is another one: a mistake in the model, not in its input. */
export function assertShape(x: tf.Tensor, shape: readonly number[], what: string): void {
  if (x.shape.length !== shape.length || x.shape.some((size, i) => size !== shape[i])) {
    throw new Error(`Shape of ${what}: [${x.shape.join(', ')}] instead of [${shape.join(', ')}].`);
  }
}
