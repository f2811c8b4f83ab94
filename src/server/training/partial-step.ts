import type * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine } from '../engine/engine';
import type { Parameters } from '../model/bert';
import type { BertConfig } from '../model/config';
import { classifyFeatures, partialDropoutPlaces } from '../model/partial';
import { type LossSettings, lossOf } from './losses/loss';
import { type LossGraph, dropBy, lossAndGradients, maskInputs, truthInputs, truthOf } from './step';

/**
 * The loss of the upper part of a classifier, from layer `from` on. Inputs: `features` `[B, T, H]`, `mask` `[B, T]`, `labels` and `weights` `[B]`, and a
 * dropout mask a place.
 */
export function partialLossGraph(
  config: BertConfig,
  loss: LossSettings,
  B: number,
  T: number,
  from: number,
): LossGraph {
  const places = partialDropoutPlaces(config, B, T, from);
  return {
    inputs: {
      features: { dtype: 'float32', shape: [B, T, config.hiddenSize] },
      mask: { dtype: 'int32', shape: [B, T] },
      ...truthInputs(B),
      ...maskInputs(places),
    },
    loss(parameters, tensors) {
      const [features, mask] = [tensors.features as tf.Tensor3D, tensors.mask as tf.Tensor2D];
      const logits = classifyFeatures(config, parameters, features, mask, from, dropBy(places, tensors));
      return lossOf(loss, { logits, ...truthOf(tensors) });
    },
  };
}

/** Compiles its forward and backward pass. Outputs: the loss, the gradients of all `parameters`, their squared norm. */
export function compilePartialStep(engine: Engine, parameters: Parameters, graph: LossGraph): Promise<Compiled> {
  return engine.compile({
    inputs: graph.inputs,
    variables: 'live',
    fn: (tensors) => lossAndGradients(() => graph.loss(parameters, tensors), [...parameters]).outputs,
  });
}
