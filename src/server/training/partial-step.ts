import type * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine, InputSpec } from '../engine/engine';
import { type Parameters, maskedDropout } from '../model/bert';
import type { BertConfig } from '../model/config';
import { classifyFeatures, partialDropoutPlaces } from '../model/partial';
import { keepProbability, maskName } from './dropout';
import { type LossSettings, lossOf } from './losses/loss';
import { lossAndGradients, truthOf } from './step';

/**
 * Compiles forward and backward pass of the upper part of a classifier, from layer `from` on, for batches of one shape.
 *
 * Inputs: `features` `[B, T, H]`, `mask` `[B, T]`, `labels` and `weights` `[B]`, and a dropout mask a place. Outputs: the loss, the gradients of
 * all `parameters`, their squared norm.
 */
export function compilePartialStep(
  engine: Engine,
  config: BertConfig,
  parameters: Parameters,
  loss: LossSettings,
  B: number,
  T: number,
  from: number,
): Promise<Compiled> {
  const places = partialDropoutPlaces(config, B, T, from);
  const inputs: Record<string, InputSpec> = {
    features: { dtype: 'float32', shape: [B, T, config.hiddenSize] },
    mask: { dtype: 'int32', shape: [B, T] },
    labels: { dtype: 'int32', shape: [B] },
    weights: { dtype: 'float32', shape: [B] },
  };
  for (const { place, shape } of places) inputs[maskName(place)] = { dtype: 'uint8', shape };

  return engine.compile({
    inputs,
    variables: 'live',
    fn: (tensors) => {
      const masks = Object.fromEntries(places.map(({ place }) => [place, tensors[maskName(place)]!]));
      const drop = maskedDropout(places, masks, keepProbability);
      const [features, mask] = [tensors.features as tf.Tensor3D, tensors.mask as tf.Tensor2D];
      return lossAndGradients(
        () =>
          lossOf(loss, {
            logits: classifyFeatures(config, parameters, features, mask, from, drop),
            ...truthOf(tensors),
          }),
        [...parameters],
      ).outputs;
    },
  });
}
