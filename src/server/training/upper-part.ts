import type { Compiled, Engine } from '../engine/engine';
import type { BertConfig } from '../model/config';
import { type PaddedBatch, batchTensors } from '../model/logits';
import { constantParameters, disposeParameters } from '../model/parameters';
import { compileFeatures, featureInputs, featureLogitsOf, onePerText, partialDropoutPlaces } from '../model/partial';
import type { Weights } from '../model/tensor-map';
import { createFeatureCache } from './feature-cache';
import type { Pass } from './gradients';
import { partialLossGraph } from './partial-step';
import { type StepperSettings, activationBytes } from './stepper';

/**
 * Batches of texts through the layers from `from` on. What the layers below make of a text is computed once and kept, so that an epoch costs what the
 * upper part costs.
 * @param frozen the weights below
 */
export function upperPart(
  engine: Engine,
  config: BertConfig,
  frozen: Weights,
  from: number,
  settings: StepperSettings,
): { readonly pass: Pass; dispose(): Promise<void> } {
  let lower: Promise<Compiled> | undefined;
  const compileLower = async (): Promise<Compiled> => {
    const constants = constantParameters(frozen);
    const compiled = await compileFeatures(engine, config, constants, from);
    disposeParameters(constants);
    return compiled;
  };
  const perText = onePerText(config, from);
  const shape = { width: config.hiddenSize, perText, padId: config.padTokenId };
  const cache = createFeatureCache(shape, settings.memoryBudget, async (batch) => {
    lower ??= compileLower();
    return (await (await lower).run(batchTensors(batch))).features!.data as Float32Array;
  });
  const length = ({ T }: PaddedBatch) => (perText ? 1 : T);
  const upper = { ...config, layers: config.layers - from };
  const pass: Pass = {
    length,
    async inputs(batch) {
      const { B } = batch;
      const T = length(batch);
      const mask = perText ? new Int32Array(B).fill(1) : batch.mask;
      return {
        features: { dtype: 'float32', shape: [B, T, config.hiddenSize], data: await cache.of(batch) },
        mask: { dtype: 'int32', shape: [B, T], data: mask },
      };
    },
    places: (B, T) => partialDropoutPlaces(config, B, T, from),
    bytes: (B, T) => activationBytes(upper, B, T),
    graph: (B, T) => partialLossGraph(config, settings.loss, B, T, from),
    forward: {
      inputs: featureInputs(config),
      fn: (parameters, tensors) => featureLogitsOf(config, parameters, tensors, from),
    },
  };
  return { pass, dispose: async () => (await lower)?.dispose() };
}
