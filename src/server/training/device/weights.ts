import type { DeviceMemory, DeviceTensor, InputSpec } from '../../engine/engine';
import type { Parameters } from '../../model/bert';
import type { Weights } from '../../model/tensor-map';
import type * as tf from '@tensorflow/tfjs-core';
import type { Moments, OptimizerState } from '../adamw';

/** Input name of a weight. */
export const weightName = (name: string) => `weight:${name}`;

/** What is trained of a weight, on the device. */
export interface DeviceWeight {
  readonly weight: DeviceTensor;
  readonly first: DeviceTensor;
  readonly second: DeviceTensor;
}

/** Weights and moments on a device, with a copy in ordinary memory as they were when it was last asked for. */
export interface DeviceWeights {
  readonly optimizer: OptimizerState;
  /** What is trained, by name. The update replaces the entries; whoever replaces one frees what was there. */
  trained(): Promise<Map<string, DeviceWeight>>;
  /** Every weight, trained or not, as inputs of a graph. */
  inputs(): Promise<Record<string, DeviceTensor>>;
  /** One more update was made. */
  stepped(): void;
  /** Brings what is trained into ordinary memory. */
  read(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Keeps weights on a device. They are uploaded when they are first needed.
 * @param own what is trained
 * @param frozen what is only read
 * @param state moments and count of a run that is resumed
 */
export function createDeviceWeights(
  memory: DeviceMemory,
  own: Weights,
  frozen: Weights,
  state?: { readonly moments: Map<string, Moments>; readonly steps: number },
): DeviceWeights {
  // Copies, since the arrays given may be parts of a file's memory.
  const weights: Weights = new Map([...own].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
  const moments = new Map<string, Moments>();
  for (const [name, { data }] of weights) {
    const { length } = data;
    const known = state?.moments.get(name);
    moments.set(name, known ?? { first: new Float32Array(length), second: new Float32Array(length) });
  }
  own.clear();
  let steps = state?.steps ?? 0;
  let uploaded: Promise<{ trained: Map<string, DeviceWeight>; others: Map<string, DeviceTensor> }> | undefined;

  const upload = async () => {
    const put = (data: Float32Array, shape: readonly number[]) => memory.upload({ dtype: 'float32', shape, data });
    const trained = new Map<string, DeviceWeight>();
    for (const [name, { shape, data }] of weights) {
      const { first, second } = moments.get(name)!;
      const weight = await put(data, shape);
      trained.set(name, { weight, first: await put(first, shape), second: await put(second, shape) });
    }
    const others = new Map<string, DeviceTensor>();
    for (const [name, { shape, data }] of frozen) others.set(name, await put(data, shape));
    return { trained, others };
  };
  const onDevice = () => (uploaded ??= upload());

  return {
    optimizer: { weights, moments, steps: () => steps },
    trained: async () => (await onDevice()).trained,
    async inputs() {
      const { trained, others } = await onDevice();
      return Object.fromEntries([
        ...[...trained].map(([name, { weight }]) => [weightName(name), weight] as const),
        ...[...others].map(([name, tensor]) => [weightName(name), tensor] as const),
      ]);
    },
    stepped: () => void steps++,
    async read() {
      if (uploaded === undefined) return;
      const get = async (into: Float32Array, tensor: DeviceTensor) =>
        into.set((await memory.download(tensor)).data as Float32Array);
      for (const [name, { weight, first, second }] of (await uploaded).trained) {
        await get(weights.get(name)!.data, weight);
        await get(moments.get(name)!.first, first);
        await get(moments.get(name)!.second, second);
      }
    },
    async dispose() {
      // What could not be uploaded need not be freed.
      const there = await uploaded?.catch(() => undefined);
      if (there === undefined) return;
      const { trained, others } = there;
      for (const { weight, first, second } of trained.values())
        for (const tensor of [weight, first, second]) tensor.dispose();
      for (const tensor of others.values()) tensor.dispose();
    },
  };
}

/** The inputs of a graph that reads weights. */
export function weightInputs(weights: Weights): Record<string, InputSpec> {
  return Object.fromEntries([...weights].map(([name, { shape }]) => [weightName(name), { dtype: 'float32', shape }]));
}

/** The weights among the inputs of a graph. */
export function parametersOf(weights: Weights, tensors: Record<string, tf.Tensor>): Parameters {
  return new Map([...weights.keys()].map((name) => [name, tensors[weightName(name)]!]));
}
