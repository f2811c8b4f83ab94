import type { Tensor } from '@tensorflow/tfjs-core';

/** Element types of tensors that cross the border of a compiled graph. `bool` and `uint8` are one byte an element; tfjs sees `uint8` as `int32`. */
export type DType = 'float32' | 'int32' | 'bool' | 'uint8';

/** A tensor in ordinary memory, row-major. */
export interface HostTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/**
 * An axis of an input: a fixed size, or a name whose size is known only when the graph runs (`'batch'`, `'length'`). Sizes derived from named
 * axes may be products (`B·T`, `2·T`); a sum (`T − 1`) would be that of the trace.
 */
export type Axis = number | string;

/** Declares one input of a compiled graph. */
export interface InputSpec {
  readonly dtype: DType;
  readonly shape: readonly Axis[];
}

/** What the dense layers of a compiled graph compute in. */
export type Precision = 'float32' | 'float16' | 'int8';

/** A format that graphs are written in: ONNX in three precisions, or TensorFlow's `SavedModel` protocol buffer. */
export type GraphFormat = `onnx-${Precision}` | 'saved-model';

/** What to compile. */
export interface GraphSpec {
  /** The inputs by name. */
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** The function to trace: ordinary tfjs operations on the inputs and on `tf.Variable`s. It runs once, on tensors without values. */
  readonly fn: (inputs: Record<string, Tensor>) => Record<string, Tensor>;
  /**
   * How `tf.Variable`s enter the graph. `frozen` (inference): as constants, so that the runtime may prepack them; later changes to the
   * variables are not seen. `live` (training): as inputs read from the variables' own memory at each run.
   */
  readonly variables: 'frozen' | 'live';
  /**
   * `int8`: dense layers multiply 8-bit integers, the weights' scales one an output and the activations' one a batch; for `frozen` graphs on a CPU.
   * `float16`: everything between inputs and results; for `frozen` graphs on a GPU.
   * `float32` where it is left out.
   */
  readonly precision?: Precision;
  /** Upper bounds of named axes (a position table's length, say); needed only where an operation slices by that axis. */
  readonly maximum?: Readonly<Record<string, number>>;
}

/** A compiled graph. */
export interface Compiled {
  /**
   * Runs the graph. Where `outputs` names a buffer, the result is written there instead of into new memory (live training graphs reuse
   * their gradient buffers). Blocks the calling thread while it computes: call it from a process that has nothing else to do.
   */
  run(inputs: Record<string, HostTensor>, outputs?: Record<string, HostTensor>): Promise<Record<string, HostTensor>>;
  /**
   * Whether the engine's device and the precision that was asked for computed last; false while the CPU stands in, in float32. Absent where nothing
   * can stand in.
   */
  readonly onDevice?: () => boolean;
  /** Frees the session and its memory. */
  dispose(): Promise<void>;
}

/** A tensor in the memory of a device. What is not disposed of stays there until the process ends. */
export interface DeviceTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Frees its memory; a second call does nothing. */
  dispose(): void;
}

/** A compiled graph some of whose results stay on the device. */
export interface DeviceGraph {
  /** Runs the graph: inputs of ordinary memory are copied to the device, as are the results of `host` from it. Blocks the thread as `Compiled.run` does. */
  run(inputs: Readonly<Record<string, HostTensor | DeviceTensor>>): Promise<{
    readonly host: Readonly<Record<string, HostTensor>>;
    readonly device: Readonly<Record<string, DeviceTensor>>;
  }>;
  /** Frees the session; tensors it made stay. */
  dispose(): Promise<void>;
}

/** The memory of a device, where the runtime lets tensors stay there from one run to the next. */
export interface DeviceMemory {
  upload(tensor: HostTensor): Promise<DeviceTensor>;
  download(tensor: DeviceTensor): Promise<HostTensor>;
  /** Traces and compiles a function; the results that `resident` names stay on the device, the others come back. */
  compile(
    spec: Omit<GraphSpec, 'variables' | 'precision'> & { readonly resident: readonly string[] },
  ): Promise<DeviceGraph>;
  /** Bytes copied so far in either direction. */
  transferred(): { readonly toDevice: number; readonly fromDevice: number };
}

/** Runs models. Made by `engine/select.ts`; the core gets one handed in. */
export interface Engine {
  /** `onnx` */
  readonly name: string;
  /** The execution provider in use: `cpu`, `webgpu`, `cuda`, … */
  readonly device: string;
  /** The library that runs graphs, with its version: `onnxruntime 1.30.0`. */
  readonly runtime: string;
  /** Why the device is the CPU although another was asked for or might be there; absent when there is nothing to explain. */
  readonly note?: string;
  /** Driver and memory of the device in words, where it is not the CPU and they are known: `NVIDIA 580.159.04, 139.8 GiB`. */
  readonly hardware?: string;
  /** Whether a trial saw the device compute float16; absent where it did not, and for the CPU. */
  readonly float16?: true;
  /** Bytes of the device's memory, where it is not the CPU and they are known. */
  readonly deviceBytes?: number;
  /**
   * The same runtime on the CPU, for work that a device failed at; absent where this is it. Graphs with `frozen` variables need it not: they go on by
   * themselves.
   */
  readonly onCpu?: () => Engine;
  /** Threads used inside one operation. */
  readonly threads: number;
  /** The device's memory, where tensors can stay in it; absent for the CPU, and for providers whose binding has no such tensors. */
  readonly memory?: DeviceMemory;
  /** Traces and compiles a function. */
  compile(spec: GraphSpec): Promise<Compiled>;
  /**
   * Traces a function and writes it with its weights as one file of another runtime's format. Integer inputs become int64 in ONNX, as Hugging
   * Face's exports have them.
   * @throws RowlightError `unsupported` for a graph above the 2 GB of a protocol buffer
   */
  write(spec: Omit<GraphSpec, 'variables' | 'precision'>, format: GraphFormat): Uint8Array;
}
