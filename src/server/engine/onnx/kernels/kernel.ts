import { type NamedAttrMap, type NamedTensorInfoMap, type TensorInfo, registerKernel } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend';
import { type OnnxType, type Value, record, sizes } from '../value';

/** The name under which the backend is registered with tfjs. */
export const BACKEND = 'onnx';

/** What a kernel gets: its inputs as recorded values, and its attributes. */
export interface KernelCall {
  /** Input by name; throws where tfjs gave none. */
  input(name: string): Value;
  /** Input by name, or `undefined`. */
  optional(name: string): Value | undefined;
  /** All inputs, for kernels with any number of them. */
  all(): Value[];
  /** An attribute; its type is the one tfjs documents for the kernel. */
  attribute<T>(name: string): T;
}

/** Records what the kernel computes. */
export type Kernel = (call: KernelCall) => Value | Value[];

/** Registers a kernel under its tfjs name (`kernel_names.ts` of tfjs-core lists inputs and attributes). */
export function kernel(name: string, fn: Kernel): void {
  registerKernel({
    kernelName: name,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const onnx = backend as OnnxBackend;
      const tensors = inputs as NamedTensorInfoMap;
      const call: KernelCall = {
        input: (key) => viewAs(onnx.value(tensors[key]!), tensors[key]!),
        optional: (key) => (tensors[key] == null ? undefined : viewAs(onnx.value(tensors[key]), tensors[key])),
        all: () => Object.values(tensors).map((tensor) => viewAs(onnx.value(tensor!), tensor!)),
        attribute: (key) => (attrs as NamedAttrMap)[key] as never,
      };
      const result = fn(call);
      return Array.isArray(result)
        ? result.map((value) => onnx.tensor(value))
        : tensorOf(onnx, result, Object.values(tensors));
    },
  });
}

/** A result that is an input shares its data id, as tfjs expects of a clone: what is cloned to be kept must not count as new memory. */
function tensorOf(backend: OnnxBackend, result: Value, inputs: readonly (TensorInfo | undefined)[]): TensorInfo {
  const same = inputs.find((input) => input != null && backend.value(input) === result);
  if (same === undefined) return backend.tensor(result);
  backend.incRef(same.dataId);
  return { dataId: same.dataId, shape: [...result.shape], dtype: same.dtype };
}

/** tfjs may hold one data id under several shapes; the value then needs a reshape of its own. */
function viewAs(value: Value, tensor: TensorInfo): Value {
  return reshape(value, tensor.shape);
}

/** Reshapes; free where the shape is the same, and one step where a reshape is reshaped. */
export function reshape(value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  const { source } = value;
  if (source.kind === 'operation' && source.operation.type === 'Reshape')
    return reshape(source.operation.inputs[0]!, shape);
  // allowzero: a size of 0 means 0, not "as before".
  return record('Reshape', [value, sizes(shape)], { type: value.type, shape }, { allowzero: { i: 1 } });
}

/** Converts the element type; free where it is the same. */
export function cast(value: Value, type: OnnxType): Value {
  if (value.type === type) return value;
  const to = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 }[type];
  return record('Cast', [value], { type, shape: value.shape }, { to: { i: to } });
}

/** Permutes axes; free for the identity. */
export function transpose(value: Value, permutation: readonly number[]): Value {
  if (permutation.every((axis, i) => axis === i)) return value;
  const shape = permutation.map((axis) => value.shape[axis]!);
  return record('Transpose', [value], { type: value.type, shape }, { perm: { ints: permutation } });
}

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** The shape that two shapes broadcast to (numpy's rule). */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new Error(`Shapes [${a.join()}] and [${b.join()}] do not broadcast.`);
    return x === 1 ? y : x;
  });
}

/** Non-negative axes, sorted; tfjs leaves them out to mean all. */
export function normalizeAxes(axes: number | readonly number[] | null | undefined, rank: number): number[] {
  const given = axes == null ? Array.from({ length: rank }, (_, i) => i) : typeof axes === 'number' ? [axes] : axes;
  return given.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
}
