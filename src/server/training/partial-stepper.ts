import type { Compiled, Engine, HostTensor } from '../engine/engine';
import type { BertConfig } from '../model/config';
import { type PaddedBatch, batchTensors } from '../model/logits';
import { constantParameters, disposeParameters, variableParameters } from '../model/parameters';
import { compileFeatureLogits, compileFeatures, isTrained, onePerText, partialDropoutPlaces } from '../model/partial';
import type { Weights } from '../model/tensor-map';
import { createAdamW } from './adamw';
import { clippingScale } from './clipping';
import { createFeatureCache } from './feature-cache';
import { type Pass, createGradients } from './gradients';
import { compilePartialStep } from './partial-step';
import { type Stepper, type StepperSettings, activationBytes } from './stepper';

/**
 * Makes a stepper that trains the layers from `from` on and the head, and nothing below: what the lower part makes of a text is computed once
 * and kept, so that an epoch costs what the upper part costs.
 */
export function createPartialStepper(
  engine: Engine,
  config: BertConfig,
  weights: Weights,
  from: number,
  settings: StepperSettings,
): Stepper {
  const own: Weights = new Map([...weights].filter(([name]) => isTrained(name, from)));
  const frozen: Weights = new Map([...weights].filter(([name]) => !own.has(name)));
  const order = [...weights.keys()];
  weights.clear();
  const optimizer = createAdamW(own, new Set(), undefined, settings.state);
  const parameters = variableParameters(optimizer.weights);
  let lower: Promise<Compiled> | undefined;
  let forward: Compiled | undefined;

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
  /** What the upper part reads of a batch. */
  const inputs = async (batch: PaddedBatch): Promise<Record<string, HostTensor>> => {
    const { B } = batch;
    const T = length(batch);
    const mask = perText ? new Int32Array(B).fill(1) : batch.mask;
    return {
      features: { dtype: 'float32', shape: [B, T, config.hiddenSize], data: await cache.of(batch) },
      mask: { dtype: 'int32', shape: [B, T], data: mask },
    };
  };
  const upper = { ...config, layers: config.layers - from };
  const pass: Pass = {
    length,
    inputs,
    places: (B, T) => partialDropoutPlaces(config, B, T, from),
    bytes: (B, T) => activationBytes(upper, B, T),
    compile: (B, T) => compilePartialStep(engine, config, parameters, settings.loss, B, T, from),
  };
  const gradients = createGradients(pass, optimizer, settings);

  return {
    optimizer,
    weights: new Map(order.map((name) => [name, (optimizer.weights.get(name) ?? frozen.get(name))!])),
    async step(batch, learningRate) {
      const { loss, norm } = await gradients.of(batch);
      if (Number.isFinite(norm)) optimizer.update(new Map(), learningRate, clippingScale(norm));
      return { loss, gradientNorm: norm };
    },
    async logits(batch) {
      forward ??= await compileFeatureLogits(engine, config, parameters, from);
      return (await forward.run(await inputs(batch))).logits!.data as Float32Array;
    },
    async dispose() {
      await gradients.dispose();
      await forward?.dispose();
      await (await lower)?.dispose();
      disposeParameters(parameters);
    },
  };
}
