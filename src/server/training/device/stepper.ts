import type { DeviceGraph, DeviceMemory } from '../../engine/engine';
import type { Weights } from '../../model/tensor-map';
import { clippingScale } from '../clipping';
import type { Pass } from '../gradients';
import type { Stepper, StepperSettings } from '../stepper';
import { createDeviceGradients } from './gradients';
import { createDeviceUpdate } from './update';
import { createDeviceWeights, parametersOf, weightInputs } from './weights';

/**
 * Makes a stepper whose weights, moments and gradients stay on a device. A step takes a batch and its masks there and brings loss and norm back.
 * @param part what batches go through, the weights that it reads beside those that are trained, and what to free with it
 * @param taken what is trained; see `takeWeights`
 */
export function createDeviceStepper(
  memory: DeviceMemory,
  part: { readonly pass: Pass; readonly read: Weights; readonly dispose?: () => Promise<void> },
  taken: { readonly own: Weights; readonly frozen: Weights; readonly order: readonly string[] },
  settings: StepperSettings,
): Stepper {
  const { pass, read } = part;
  const weights = createDeviceWeights(memory, taken.own, read, settings.state);
  const { optimizer } = weights;
  const gradients = createDeviceGradients(memory, pass, weights, read, settings);
  const update = createDeviceUpdate(memory, weights);
  let forward: Promise<DeviceGraph> | undefined;

  const compileForward = () => {
    const { inputs, fn, ...rest } = pass.forward;
    const all: Weights = new Map([...optimizer.weights, ...read]);
    return memory.compile({
      ...rest,
      inputs: { ...inputs, ...weightInputs(all) },
      resident: [],
      fn: (tensors) => fn(parametersOf(all, tensors), tensors),
    });
  };

  return {
    optimizer,
    weights: new Map(taken.order.map((name) => [name, (optimizer.weights.get(name) ?? taken.frozen.get(name))!])),
    async step(batch, learningRate) {
      const { loss, norm, gradients: made } = await gradients.of(batch);
      if (Number.isFinite(norm)) await update.update(made, learningRate, clippingScale(norm));
      else for (const gradient of made.values()) gradient.dispose();
      return { loss, gradientNorm: norm };
    },
    async logits(batch) {
      const graph = await (forward ??= compileForward());
      const { host } = await graph.run({ ...(await pass.inputs(batch)), ...(await weights.inputs()) });
      return host.logits!.data as Float32Array;
    },
    read: () => weights.read(),
    async dispose() {
      await gradients.dispose();
      await update.dispose();
      await (await forward?.catch(() => undefined))?.dispose();
      await part.dispose?.();
      await weights.dispose();
    },
  };
}
