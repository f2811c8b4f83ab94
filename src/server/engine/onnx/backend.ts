import { type BackendValues, type DataType, KernelBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import { type ConstantData, type OnnxType, type Value, constant } from './value';

/** What a data id stands for: a value of the recorded graph and how many tensors share it. */
interface Entry {
  value: Value;
  references: number;
}

/** Computes one recorded value. Handed in, so that recording knows nothing of sessions. */
export type Evaluate = (value: Value) => Promise<ConstantData>;

/**
 * A tfjs backend that records instead of computing: a data id stands for a `Value` of a graph, kernels (`kernels/`) append operations.
 * What is read outside a compiled function is computed then, by compiling just the part of the graph it depends on.
 */
export class OnnxBackend extends KernelBackend {
  readonly #entries = new Map<object, Entry>();
  readonly #evaluate: Evaluate;

  constructor(evaluate: Evaluate) {
    super();
    this.#evaluate = evaluate;
  }

  /** The value that a tensor stands for. */
  value(tensor: { dataId: object }): Value {
    const entry = this.#entries.get(tensor.dataId);
    if (entry === undefined) throw new Error('This tensor was disposed or belongs to another backend.');
    return entry.value;
  }

  /** Every size that occurs in a tensor that exists now. */
  sizes(): Set<number> {
    return new Set([...this.#entries.values()].flatMap(({ value }) => value.shape));
  }

  /** A tensor for a value, for tfjs to wrap. */
  tensor(value: Value, shape: readonly number[] = value.shape): TensorInfo {
    const dataId = {};
    this.#entries.set(dataId, { value, references: 1 });
    return { dataId, shape: [...shape], dtype: tfjsType(value.type) };
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const dataId = {};
    this.#entries.set(dataId, { value: constant(onnxType(dtype), shape, toMemory(values, dtype)), references: 1 });
    return dataId;
  }

  override move(dataId: object, values: BackendValues, shape: number[], dtype: DataType, references: number): void {
    this.#entries.set(dataId, { value: constant(onnxType(dtype), shape, toMemory(values, dtype)), references });
  }

  override async read(dataId: object): Promise<BackendValues> {
    const value = this.value({ dataId });
    if (value.source.kind === 'constant') return value.source.data;
    const data = await this.#evaluate(value);
    // What has been computed is a constant from now on, so that nothing is computed twice.
    value.source = { kind: 'constant', data };
    return data;
  }

  override readSync(dataId: object): BackendValues {
    const { source } = this.value({ dataId });
    if (source.kind === 'constant') return source.data;
    throw new Error('The onnx backend cannot read a computed tensor synchronously: use `await tensor.data()`.');
  }

  override refCount(dataId: object): number {
    return this.#entries.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: object): void {
    this.#entries.get(dataId)!.references++;
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.#entries.get(dataId);
    if (entry === undefined) return true;
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.#entries.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#entries.size;
  }

  override memory() {
    return { unreliable: true, reasons: ['Recorded tensors take no memory before they are read.'] };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {
    this.#entries.clear();
  }
}

function onnxType(dtype: DataType): OnnxType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`The onnx backend has no ${dtype} tensors.`);
}

function tfjsType(type: OnnxType): 'float32' | 'int32' | 'bool' {
  if (type === 'uint8' || type === 'int64') return 'int32';
  return onnxType(type) as 'float32' | 'int32' | 'bool';
}

/** tfjs hands over typed arrays or, for scalars of its own making, plain arrays. */
function toMemory(values: BackendValues, dtype: DataType): ConstantData {
  if (dtype === 'float32')
    return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
  if (dtype === 'int32') return values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>);
  return values instanceof Uint8Array ? values : Uint8Array.from(values as ArrayLike<number>);
}
