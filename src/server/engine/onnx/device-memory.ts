import type { DType, DeviceMemory, DeviceTensor, HostTensor } from '../engine';
import type { Axes } from './axes';
import type { OnnxBackend } from './backend';
import { type EmittedGraph, emit } from './emit';
import {
  type OrtSession,
  type OrtTensor,
  type SessionSettings,
  createSession,
  fromOrt,
  runSession,
  toOrt,
  withShape,
} from './session';
import { trace } from './trace';
import { type Value, record, sizeOf } from './value';

/*
 * What onnxruntime-node 1.30 offers (read in its binding and tried): results that `preferredOutputLocation` wants in a `gpu-buffer` come as tensors
 * that any session of the process may be fed with; memory that the caller names for such a result is ignored, a new buffer comes each run; their
 * `getData` ends the process; only buffers of the WebGPU provider are known, so that CUDA and DirectML have no tensors that stay.
 */

/** Whether tensors can stay on the device of these settings. */
export function keepsTensors({ providers }: SessionSettings): boolean {
  return providers[0] === 'webgpu';
}

/** The memory of the WebGPU device. */
export function createDeviceMemory(backend: OnnxBackend, settings: SessionSettings): DeviceMemory {
  const tensors = new WeakMap<DeviceTensor, OrtTensor>();
  const copies = new Map<string, Promise<OrtSession>>();
  let [toDevice, fromDevice] = [0, 0];

  const fromDeviceTensor = (tensor: OrtTensor): DeviceTensor => {
    let present = true;
    const made: DeviceTensor = {
      dtype: tensor.type as DType,
      shape: tensor.dims,
      dispose() {
        if (present) tensor.dispose();
        present = false;
      },
    };
    tensors.set(made, tensor);
    return made;
  };
  const toFeed = (tensor: HostTensor | DeviceTensor): OrtTensor => {
    const resident = tensors.get(tensor as DeviceTensor);
    if (resident !== undefined) return resident;
    if (!('data' in tensor)) throw new Error('This tensor belongs to the memory of another device.');
    toDevice += tensor.data.byteLength;
    return toOrt(tensor);
  };
  /** A session that copies a vector of any length to the device, or from it. */
  const copying = (dtype: DType, resident: boolean): Promise<OrtSession> => {
    const key = `${dtype} ${resident}`;
    let session = copies.get(key);
    if (session === undefined) {
      const use = { optimize: false, planMemory: false, resident: resident ? ['y'] : [] };
      session = createSession(copyGraph(dtype), settings, use);
      copies.set(key, session);
    }
    return session;
  };

  return {
    async upload(tensor) {
      const session = await copying(tensor.dtype, true);
      const { y } = await runSession(session, settings, { x: toFeed({ ...tensor, shape: [tensor.data.length] }) });
      return fromDeviceTensor(withShape(y!, tensor.shape));
    },
    async download(tensor) {
      const session = await copying(tensor.dtype, false);
      const { y } = await runSession(session, settings, { x: withShape(toFeed(tensor), [sizeOf(tensor.shape)]) });
      const copy = { ...fromOrt(y!), shape: tensor.shape };
      fromDevice += copy.data.byteLength;
      return copy;
    },
    async compile({ resident, ...spec }) {
      const { inputs, outputs, axes } = trace(backend, spec);
      const use = { optimize: true, planMemory: false, resident };
      const session = await createSession(emit(outputs, inputs, axes), settings, use);
      return {
        async run(given) {
          const feeds: Record<string, OrtTensor> = {};
          for (const name of Object.keys(inputs)) {
            const tensor = given[name];
            if (tensor === undefined) throw new Error(`The compiled graph needs the input ${name}.`);
            feeds[name] = toFeed(tensor);
          }
          const host: Record<string, HostTensor> = {};
          const device: Record<string, DeviceTensor> = {};
          for (const [name, tensor] of Object.entries(await runSession(session, settings, feeds))) {
            if (tensor.location === 'gpu-buffer') device[name] = fromDeviceTensor(tensor);
            else {
              host[name] = fromOrt(tensor);
              fromDevice += host[name].data.byteLength;
            }
          }
          return { host, device };
        },
        dispose: () => session.release(),
      };
    },
    transferred: () => ({ toDevice, fromDevice }),
  };
}

/** `y = x` for a vector of any length. */
function copyGraph(dtype: DType): EmittedGraph {
  const length = 1009;
  const axes: Axes = { primes: new Map([['length', length]]) };
  const x: Value = { type: dtype, shape: [length], source: { kind: 'input', name: 'x' } };
  return emit({ y: record('Identity', [x], x) }, { x }, axes);
}
