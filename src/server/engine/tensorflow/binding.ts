/** The native part of `@tensorflow/tfjs-node`, as far as it is used here: TensorFlow's eager operations on tensors that have numbers. */
export interface Binding {
  /** libtensorflow's version. */
  readonly TF_Version: string;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_ATTR_STRING: number;
  isUsingGpuDevice(): boolean;
  /** Makes a tensor; where the memory lies at a multiple of 64 bytes it is shared, not copied. */
  createTensor(shape: readonly number[], dtype: number, data: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  /** Reads a tensor of float32, int32, int64 or bool: a copy. */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): { readonly id: number; readonly shape: readonly number[]; readonly dtype: number }[];
  /** Tensors that were made and not deleted. */
  getNumOfTensors(): number;
}

/** An attribute of an operation. */
export interface OpAttribute {
  readonly name: string;
  /** One of `TF_ATTR_…`. */
  readonly type: number;
  readonly value: number | boolean | string | readonly number[];
}
