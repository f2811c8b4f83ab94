/** Element types of ONNX values that we use. */
export type OnnxType = 'float32' | 'int32' | 'bool' | 'int64' | 'uint8';

/** Memory of a constant. `bool` and `uint8` use one byte an element; `int64` is given as plain numbers and widened when written. */
export type ConstantData = Float32Array | Int32Array | Uint8Array;

/** An attribute of an ONNX node: integer, float, integers, string. */
export type Attribute = { i: number } | { f: number } | { ints: readonly number[] } | { s: string };

/** An operation of the recorded graph. */
export interface Operation {
  readonly type: string;
  /** `''` for the standard operators, `com.microsoft` for ONNX Runtime's own. */
  readonly domain: string;
  /** `undefined` leaves an optional input out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: Value[];
}

/** Where a value comes from. */
export type Source =
  | { readonly kind: 'constant'; readonly data: ConstantData }
  | { readonly kind: 'input'; readonly name: string }
  /** The sizes of a shape as an int64 vector; resolved when the graph is written, because named axes have no size before. */
  | { readonly kind: 'sizes'; readonly sizes: readonly number[] }
  | { readonly kind: 'operation'; readonly operation: Operation };

/** A tensor of the recorded graph: an edge from one operation to others. Shapes are those of the trace. */
export interface Value {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  source: Source;
}

/** A constant. The array is kept, not copied. */
export function constant(type: OnnxType, shape: readonly number[], data: ConstantData): Value {
  return { type, shape, source: { kind: 'constant', data } };
}

/** A constant scalar of the same type as `like`, for arithmetic with it. */
export function scalar(value: number, type: OnnxType = 'float32'): Value {
  const data =
    type === 'float32' ? Float32Array.of(value) : type === 'int32' ? Int32Array.of(value) : Uint8Array.of(value);
  return constant(type, [], data);
}

/** An int64 vector of sizes, for operators that take a shape as input. */
export function sizes(dimensions: readonly number[]): Value {
  return { type: 'int64', shape: [dimensions.length], source: { kind: 'sizes', sizes: dimensions } };
}

/** Records an operation with one output. */
export function record(
  type: string,
  inputs: readonly (Value | undefined)[],
  output: { type: OnnxType; shape: readonly number[] },
  attributes: Readonly<Record<string, Attribute>> = {},
  domain = '',
): Value {
  return recordMany(type, inputs, [output], attributes, domain)[0]!;
}

/** Records an operation with several outputs. */
export function recordMany(
  type: string,
  inputs: readonly (Value | undefined)[],
  outputs: readonly { type: OnnxType; shape: readonly number[] }[],
  attributes: Readonly<Record<string, Attribute>> = {},
  domain = '',
): Value[] {
  const operation: Operation = { type, domain, inputs, attributes, outputs: [] };
  for (const output of outputs) {
    operation.outputs.push({ type: output.type, shape: output.shape, source: { kind: 'operation', operation } });
  }
  return operation.outputs;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
