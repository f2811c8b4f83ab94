import * as tf from '@tensorflow/tfjs-core';
import type { DeviceGraph, DeviceMemory, DeviceTensor, InputSpec } from '../../engine/engine';
import { sumOfSquares } from '../../model/composites';
import type { Weights } from '../../model/tensor-map';
import { groupsOf } from './groups';

/** Adds gradients of parts of a batch up, on the device. */
export interface DeviceSum {
  /**
   * `a · shareA + b · shareB` of every gradient, and the squared norm of them all. Both are freed.
   */
  add(
    a: ReadonlyMap<string, DeviceTensor>,
    shareA: number,
    b: ReadonlyMap<string, DeviceTensor>,
    shareB: number,
  ): Promise<{ readonly gradients: ReadonlyMap<string, DeviceTensor>; readonly squared: number }>;
  dispose(): Promise<void>;
}

/** @param weights what the gradients are of; only the shapes are read */
export function createDeviceSum(memory: DeviceMemory, weights: Weights): DeviceSum {
  const groups = groupsOf(weights);
  const graphs = new Map<readonly string[], Promise<DeviceGraph>>();
  const compile = (names: readonly string[]) => {
    const share: InputSpec = { dtype: 'float32', shape: [1] };
    const inputs: Record<string, InputSpec> = { 'share:a': share, 'share:b': share };
    for (const name of names)
      for (const side of ['a', 'b']) inputs[`${side}:${name}`] = { dtype: 'float32', shape: weights.get(name)!.shape };
    return memory.compile({
      inputs,
      resident: names.map((name) => `sum:${name}`),
      fn: (tensors) => {
        const sums = names.map((name) =>
          tf.add(
            tf.mul(tensors[`a:${name}`]!, tensors['share:a']!),
            tf.mul(tensors[`b:${name}`]!, tensors['share:b']!),
          ),
        );
        const outputs: Record<string, tf.Tensor> = { squared: tf.addN(sums.map((sum) => sumOfSquares(sum, true))) };
        names.forEach((name, i) => (outputs[`sum:${name}`] = sums[i]!));
        return outputs;
      },
    });
  };

  return {
    async add(a, shareA, b, shareB) {
      const gradients = new Map<string, DeviceTensor>();
      let squared = 0;
      for (const names of groups) {
        let graph = graphs.get(names);
        if (graph === undefined) graphs.set(names, (graph = compile(names)));
        const { host, device } = await (
          await graph
        ).run({
          'share:a': { dtype: 'float32', shape: [1], data: Float32Array.of(shareA) },
          'share:b': { dtype: 'float32', shape: [1], data: Float32Array.of(shareB) },
          ...Object.fromEntries(names.map((name) => [`a:${name}`, a.get(name)!])),
          ...Object.fromEntries(names.map((name) => [`b:${name}`, b.get(name)!])),
        });
        squared += host.squared!.data[0]!;
        for (const name of names) {
          gradients.set(name, device[`sum:${name}`]!);
          a.get(name)!.dispose();
          b.get(name)!.dispose();
        }
      }
      return { gradients, squared };
    },
    async dispose() {
      for (const graph of graphs.values()) await (await graph.catch(() => undefined))?.dispose();
    },
  };
}
