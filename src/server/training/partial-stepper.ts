import type { Compiled, Engine } from '../engine/engine';
import type { BertConfig } from '../model/config';
import { disposeParameters, variableParameters } from '../model/parameters';
import { compileFeatureLogits, isTrained } from '../model/partial';
import type { Weights } from '../model/tensor-map';
import { createAdamW } from './adamw';
import { clippingScale } from './clipping';
import { createGradients } from './gradients';
import { compilePartialStep } from './partial-step';
import { type HostStepper, type StepperSettings, takeWeights } from './stepper';
import { upperPart } from './upper-part';

/** Makes a stepper that trains the layers from `from` on and the head, and nothing below. It takes the weights over: the map is emptied. */
export function createPartialStepper(
  engine: Engine,
  config: BertConfig,
  weights: Weights,
  from: number,
  settings: StepperSettings,
): HostStepper {
  const { own, frozen, order } = takeWeights(weights, (name) => isTrained(name, from));
  const optimizer = createAdamW(own, new Set(), undefined, settings.state);
  const parameters = variableParameters(optimizer.weights);
  const { pass, dispose } = upperPart(engine, config, frozen, from, settings);
  const gradients = createGradients(pass, optimizer, settings, (B, T) =>
    compilePartialStep(engine, parameters, pass.graph(B, T)),
  );
  let forward: Compiled | undefined;

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
      return (await forward.run(await pass.inputs(batch))).logits!.data as Float32Array;
    },
    read: () => Promise.resolve(),
    async dispose() {
      await gradients.dispose();
      await forward?.dispose();
      await dispose();
      disposeParameters(parameters);
    },
  };
}
