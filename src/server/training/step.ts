import * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine, InputSpec } from '../engine/engine';
import { type Drop, type DropoutPlace, type Parameters, WORD_EMBEDDINGS, maskedDropout, wordRows } from '../model/bert';
import { classifierDropoutPlaces, classify } from '../model/classifier';
import { sumOfSquares } from '../model/composites';
import type { BertConfig } from '../model/config';
import { keepProbability, maskName } from './dropout';
import { type LossSettings, lossOf } from './losses/loss';

/** Output name of the loss. */
export const LOSS = 'loss';
/** Output name of the sum of squares of all gradients but that of the word rows. */
export const SQUARED_NORM = 'squared-norm';
/** Output name of the gradient of the looked-up words, `[R, H]`, where they are trained: the optimizer adds it up by id. */
export const WORD_GRADIENT = 'gradient:words';
/** Output name of the gradient of a weight. */
export const gradientName = (weight: string) => `gradient:${weight}`;

/** The loss of a batch of one shape as a function of the weights, and what it reads beside them. */
export interface LossGraph {
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** @param words the looked-up words `[R, H]`, where they are differentiated apart from their table */
  readonly loss: (parameters: Parameters, tensors: Record<string, tf.Tensor>, words?: tf.Tensor2D) => tf.Scalar;
}

/** The loss of a classifier. Inputs: `ids`, `mask`, `typeIds` `[B, T]`, `labels` `[B]`, `weights` `[B]`, and a dropout mask a place. */
export function lossGraph(config: BertConfig, loss: LossSettings, B: number, T: number): LossGraph {
  const places = classifierDropoutPlaces(config, B, T);
  const int = (...shape: number[]): InputSpec => ({ dtype: 'int32', shape });
  return {
    inputs: { ids: int(B, T), mask: int(B, T), typeIds: int(B, T), ...truthInputs(B), ...maskInputs(places) },
    loss(parameters, tensors, words = wordRows(parameters, tensors.ids as tf.Tensor2D)) {
      const given = { mask: tensors.mask as tf.Tensor2D, typeIds: tensors.typeIds as tf.Tensor2D };
      const logits = classify(config, parameters, words, given, dropBy(places, tensors));
      return lossOf(loss, { logits, ...truthOf(tensors) });
    },
  };
}

/**
 * Compiles forward and backward pass of a classifier for batches of one shape. Outputs: the loss, the gradients, their squared norm. The word
 * embeddings' gradient stays in rows: a dense one would be as large as the table and mostly zero.
 * @param isTrained which weights have a gradient; those of the others are never computed
 */
export function compileStep(
  engine: Engine,
  config: BertConfig,
  parameters: Parameters,
  loss: LossSettings,
  B: number,
  T: number,
  isTrained: (name: string) => boolean = () => true,
): Promise<Compiled> {
  const graph = lossGraph(config, loss, B, T);
  const trained = [...parameters].filter(([name]) => name !== WORD_EMBEDDINGS && isTrained(name));
  const trainsWords = isTrained(WORD_EMBEDDINGS);
  return engine.compile({
    inputs: graph.inputs,
    variables: 'live',
    fn: (tensors) => {
      const words = wordRows(parameters, tensors.ids as tf.Tensor2D);
      const { outputs, rest } = lossAndGradients(
        () => graph.loss(parameters, tensors, words),
        trained,
        trainsWords ? [words] : [],
      );
      return trainsWords ? { ...outputs, [WORD_GRADIENT]: rest[0]! } : outputs;
    },
  });
}

/** The inputs of a batch's truth. */
export function truthInputs(B: number): Record<string, InputSpec> {
  return { labels: { dtype: 'int32', shape: [B] }, weights: { dtype: 'float32', shape: [B] } };
}

/** The inputs of the masks of all places. */
export function maskInputs(places: readonly DropoutPlace[]): Record<string, InputSpec> {
  return Object.fromEntries(places.map(({ place, shape }) => [maskName(place), { dtype: 'uint8', shape }]));
}

/** Dropout by the masks among the inputs of a step. */
export function dropBy(places: readonly DropoutPlace[], tensors: Record<string, tf.Tensor>): Drop {
  const masks = Object.fromEntries(places.map(({ place }) => [place, tensors[maskName(place)]!]));
  return maskedDropout(places, masks, keepProbability);
}

/** The truth of a batch among the inputs of a step: `labels` and `weights`, `[B]` each. */
export function truthOf(tensors: Record<string, tf.Tensor>): { labels: tf.Tensor1D; weights: tf.Tensor1D } {
  return { labels: tensors.labels as tf.Tensor1D, weights: tensors.weights as tf.Tensor1D };
}

/**
 * Differentiates a loss.
 * @param trained weights by name: their gradients and the squared norm of them all come out by name, with the loss
 * @param others what else to differentiate by; not part of the norm
 * @param byRow as for `sumOfSquares`
 */
export function lossAndGradients(
  loss: () => tf.Scalar,
  trained: readonly (readonly [string, tf.Tensor])[],
  others: readonly tf.Tensor[] = [],
  byRow = false,
): { readonly outputs: Record<string, tf.Tensor>; readonly rest: readonly tf.Tensor[] } {
  const { value, grads } = tf.engine().gradients(loss, [...trained.map(([, tensor]) => tensor), ...others]);
  const outputs: Record<string, tf.Tensor> = { [LOSS]: value };
  trained.forEach(([name], i) => (outputs[gradientName(name)] = grads[i]!));
  outputs[SQUARED_NORM] = tf.addN(trained.map((_, i) => sumOfSquares(grads[i]!, byRow)));
  return { outputs, rest: grads.slice(trained.length) };
}
