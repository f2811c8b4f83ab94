import * as tf from '@tensorflow/tfjs-core';
import type { DeviceGraph, DeviceMemory, DeviceTensor, HostTensor, InputSpec } from '../../engine/engine';
import { type AdamWSettings, BERT_ADAMW, decays, stepRates } from '../adamw';
import { groupsOf } from './groups';
import type { DeviceWeights } from './weights';

/** Moves weights by their gradients, all on the device. */
export interface DeviceUpdate {
  /**
   * One step of AdamW; see `adamw.ts`. A row of a table that never had a gradient has moments of zero, and so only decays.
   * @param gradients by weight name; freed
   * @param scale a factor for every gradient: 1, or less where they are clipped
   */
  update(gradients: ReadonlyMap<string, DeviceTensor>, learningRate: number, scale: number): Promise<void>;
  dispose(): Promise<void>;
}

/** AdamW as a graph, in groups of weights: what a group makes is there beside what it replaces, so that not everything is held twice. */
export function createDeviceUpdate(
  memory: DeviceMemory,
  weights: DeviceWeights,
  settings: AdamWSettings = BERT_ADAMW,
): DeviceUpdate {
  const groups = groupsOf(weights.optimizer.weights);
  const graphs = new Map<readonly string[], Promise<DeviceGraph>>();
  const compile = (names: readonly string[]) => {
    const inputs: Record<string, InputSpec> = {};
    for (const factor of FACTORS) inputs[factor] = { dtype: 'float32', shape: [1] };
    for (const name of names) {
      const { shape } = weights.optimizer.weights.get(name)!;
      for (const part of ['weight', 'gradient', 'first', 'second'])
        inputs[`${part}:${name}`] = { dtype: 'float32', shape };
    }
    const resident = names.flatMap((name) => ['weight', 'first', 'second'].map((part) => `new:${part}:${name}`));
    return memory.compile({
      inputs,
      resident,
      fn: (tensors) =>
        Object.assign({}, ...names.map((name) => moved(name, tensors, settings))) as Record<string, tf.Tensor>,
    });
  };

  return {
    async update(gradients, learningRate, scale) {
      const factors = factorsOf(settings, learningRate, weights.optimizer.steps() + 1, scale);
      const trained = await weights.trained();
      for (const names of groups) {
        let graph = graphs.get(names);
        if (graph === undefined) graphs.set(names, (graph = compile(names)));
        const inputs: Record<string, DeviceTensor | HostTensor> = { ...factors };
        for (const name of names) {
          const { weight, first, second } = trained.get(name)!;
          inputs[`weight:${name}`] = weight;
          inputs[`gradient:${name}`] = gradients.get(name)!;
          inputs[`first:${name}`] = first;
          inputs[`second:${name}`] = second;
        }
        const { device } = await (await graph).run(inputs);
        for (const name of names) {
          const old = trained.get(name)!;
          const [weight, first, second] = ['weight', 'first', 'second'].map((part) => device[`new:${part}:${name}`]!);
          trained.set(name, { weight: weight!, first: first!, second: second! });
          for (const tensor of [old.weight, old.first, old.second, gradients.get(name)!]) tensor.dispose();
        }
      }
      weights.stepped();
    },
    async dispose() {
      for (const graph of graphs.values()) await (await graph.catch(() => undefined))?.dispose();
    },
  };
}

/** What changes from step to step: `rest1`, `rest2` take a gradient and its square into the moments, `rate` and `epsilon` have the correction in them. */
const FACTORS = ['rest1', 'rest2', 'rate', 'epsilon', 'decay'] as const;

function factorsOf(
  settings: AdamWSettings,
  learningRate: number,
  step: number,
  scale: number,
): Record<(typeof FACTORS)[number], HostTensor> {
  const { beta1, beta2, epsilon, rate, correction } = stepRates(settings, learningRate, step, scale);
  const factor = (value: number): HostTensor => ({ dtype: 'float32', shape: [1], data: Float32Array.of(value) });
  return {
    rest1: factor((1 - beta1) * scale),
    rest2: factor((1 - beta2) * scale * scale),
    // rate · m / (√v · correction + ε), with a multiplication less an element.
    rate: factor(rate / correction),
    epsilon: factor(epsilon / correction),
    decay: factor(1 - learningRate * settings.weightDecay),
  };
}

/** Weight and moments of one tensor after a step. */
function moved(
  name: string,
  tensors: Record<string, tf.Tensor>,
  { beta1, beta2 }: AdamWSettings,
): Record<string, tf.Tensor> {
  const part = (of: string) => tensors[`${of}:${name}`]!;
  const gradient = part('gradient');
  const first = tf.add(tf.mul(part('first'), beta1), tf.mul(gradient, tensors.rest1!));
  const second = tf.add(tf.mul(part('second'), beta2), tf.mul(tf.square(gradient), tensors.rest2!));
  const move = tf.div(tf.mul(first, tensors.rate!), tf.add(tf.sqrt(second), tensors.epsilon!));
  const kept = decays(name) ? tf.mul(part('weight'), tensors.decay!) : part('weight');
  return {
    [`new:weight:${name}`]: tf.sub(kept, move),
    [`new:first:${name}`]: first,
    [`new:second:${name}`]: second,
  };
}
