import * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine, InputSpec } from '../engine/engine';
import { type Parameters, WORD_EMBEDDINGS, maskedDropout, wordRows } from '../model/bert';
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

/**
 * Compiles forward and backward pass of a classifier for batches of one shape.
 *
 * Inputs: `ids`, `mask`, `typeIds` `[B, T]`, `labels` `[B]`, `weights` `[B]`, and a dropout mask a place. Outputs: the loss, the gradients, their
 * squared norm. The word embeddings' gradient stays in rows: a dense one would be as large as the table and mostly zero.
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
  const places = classifierDropoutPlaces(config, B, T);
  const int = (...shape: number[]): InputSpec => ({ dtype: 'int32', shape });
  const inputs: Record<string, InputSpec> = {
    ids: int(B, T),
    mask: int(B, T),
    typeIds: int(B, T),
    labels: int(B),
    weights: { dtype: 'float32', shape: [B] },
  };
  for (const { place, shape } of places) inputs[maskName(place)] = { dtype: 'uint8', shape };
  const trained = [...parameters].filter(([name]) => name !== WORD_EMBEDDINGS && isTrained(name));
  const trainsWords = isTrained(WORD_EMBEDDINGS);

  return engine.compile({
    inputs,
    variables: 'live',
    fn: (tensors) => {
      const masks = Object.fromEntries(places.map(({ place }) => [place, tensors[maskName(place)]!]));
      const words = wordRows(parameters, tensors.ids as tf.Tensor2D);
      const given = { mask: tensors.mask as tf.Tensor2D, typeIds: tensors.typeIds as tf.Tensor2D };
      const drop = maskedDropout(places, masks, keepProbability);
      const { outputs, rest } = lossAndGradients(
        () => lossOf(loss, { logits: classify(config, parameters, words, given, drop), ...truthOf(tensors) }),
        trained,
        trainsWords ? [words] : [],
      );
      return trainsWords ? { ...outputs, [WORD_GRADIENT]: rest[0]! } : outputs;
    },
  });
}

/** The truth of a batch among the inputs of a step: `labels` and `weights`, `[B]` each. */
export function truthOf(tensors: Record<string, tf.Tensor>): { labels: tf.Tensor1D; weights: tf.Tensor1D } {
  return { labels: tensors.labels as tf.Tensor1D, weights: tensors.weights as tf.Tensor1D };
}

/**
 * Differentiates a loss.
 * @param trained weights by name: their gradients and the squared norm of them all come out by name, with the loss
 * @param others what else to differentiate by; not part of the norm
 */
export function lossAndGradients(
  loss: () => tf.Scalar,
  trained: readonly (readonly [string, tf.Tensor])[],
  others: readonly tf.Tensor[] = [],
): { readonly outputs: Record<string, tf.Tensor>; readonly rest: readonly tf.Tensor[] } {
  const { value, grads } = tf.engine().gradients(loss, [...trained.map(([, tensor]) => tensor), ...others]);
  const outputs: Record<string, tf.Tensor> = { [LOSS]: value };
  trained.forEach(([name], i) => (outputs[gradientName(name)] = grads[i]!));
  outputs[SQUARED_NORM] = tf.addN(trained.map((_, i) => sumOfSquares(grads[i]!)));
  return { outputs, rest: grads.slice(trained.length) };
}
