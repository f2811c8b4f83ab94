import type { Compiled, Engine, HostTensor } from '../engine/engine';
import type { BertConfig } from '../model/config';
import { type PaddedBatch, batchTensors } from '../model/logits';
import { constantParameters, disposeParameters, variableParameters } from '../model/parameters';
import { compileFeatureLogits, compileFeatures, isTrained, onePerText, partialDropoutPlaces } from '../model/partial';
import type { Weights } from '../model/tensor-map';
import { createAdamW } from './adamw';
import { clippingScale } from './clipping';
import { dropoutMasks } from './dropout';
import { createFeatureCache } from './feature-cache';
import { compilePartialStep } from './partial-step';
import { createSessionPool } from './session-pool';
import { LOSS, SQUARED_NORM, gradientName } from './step';
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
  const buffers: Record<string, HostTensor> = {};
  for (const [name, data] of optimizer.gradients) {
    buffers[gradientName(name)] = { dtype: 'float32', shape: optimizer.weights.get(name)!.shape, data };
  }
  const pool = createSessionPool(settings.memoryBudget);
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
  /** What the upper part reads of a batch. */
  const upperInputs = async (batch: PaddedBatch): Promise<{ T: number; inputs: Record<string, HostTensor> }> => {
    const { B } = batch;
    const T = perText ? 1 : batch.T;
    const mask = perText ? new Int32Array(B).fill(1) : batch.mask;
    const features: HostTensor = { dtype: 'float32', shape: [B, T, config.hiddenSize], data: await cache.of(batch) };
    return { T, inputs: { features, mask: { dtype: 'int32', shape: [B, T], data: mask } } };
  };

  return {
    optimizer,
    weights: new Map(order.map((name) => [name, (optimizer.weights.get(name) ?? frozen.get(name))!])),
    async step(batch, learningRate) {
      const { B } = batch;
      const { T, inputs } = await upperInputs(batch);
      const upper = { ...config, layers: config.layers - from };
      const compiled = await pool.get(`${B}×${T}`, activationBytes(upper, B, T), () =>
        compilePartialStep(engine, config, parameters, settings.loss, B, T, from),
      );
      const outputs = await compiled.run(
        {
          ...inputs,
          labels: { dtype: 'int32', shape: [B], data: batch.labels },
          weights: { dtype: 'float32', shape: [B], data: batch.weights },
          ...dropoutMasks(partialDropoutPlaces(config, B, T, from), settings.seed, optimizer.steps()),
        },
        buffers,
      );
      const gradientNorm = Math.sqrt(outputs[SQUARED_NORM]!.data[0]!);
      if (Number.isFinite(gradientNorm)) optimizer.update(new Map(), learningRate, clippingScale(gradientNorm));
      return { loss: outputs[LOSS]!.data[0]!, gradientNorm };
    },
    async logits(batch) {
      forward ??= await compileFeatureLogits(engine, config, parameters, from);
      return (await forward.run((await upperInputs(batch)).inputs)).logits!.data as Float32Array;
    },
    async dispose() {
      await pool.dispose();
      await forward?.dispose();
      await (await lower)?.dispose();
      disposeParameters(parameters);
    },
  };
}
