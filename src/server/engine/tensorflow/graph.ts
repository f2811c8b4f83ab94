import { MAX_PROTOBUF, tooLarge } from '../limits';
import { type Axes, symbolic } from '../onnx/axes';
import type { Value } from '../onnx/value';
import { type AttrValue, DATA_TYPE, type NodeDef, type TensorShape } from './proto';

/** A TensorFlow graph under construction: appends nodes and answers their names. Every node has one output that is used. */
export class GraphBuilder {
  readonly nodes: NodeDef[] = [];
  readonly #constants = new Map<string, string>();
  readonly #sizes = new Map<string, string>();
  #bytes = 0;

  /** @param inputs the graph's inputs by name, from whose shapes named axes are read */
  constructor(
    readonly axes: Axes,
    readonly inputs: Readonly<Record<string, Value>>,
  ) {}

  /** Appends an operation. */
  add(op: string, input: readonly string[], attr: Readonly<Record<string, AttrValue>>, name = this.#fresh(op)): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** Appends an operation whose only attribute is the element type `T`. */
  float(op: string, ...input: string[]): string {
    return this.add(op, input, { T: type('float32') });
  }

  /** A constant. Throws a `RowlightError` where the constants grow too large for one protocol buffer. */
  constant(dtype: keyof typeof DATA_TYPE, shape: readonly number[], data: ArrayBufferView): string {
    const tensorContent = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#bytes += tensorContent.byteLength;
    if (this.#bytes > MAX_PROTOBUF) throw tooLarge(this.#bytes);
    const tensor = { dtype: DATA_TYPE[dtype], tensorShape: fixedShape(shape), tensorContent };
    return this.add('Const', [], { dtype: type(dtype), value: { tensor } });
  }

  /** A float32 scalar. */
  scalar(value: number): string {
    return this.#once(`float:${value}`, () => this.constant('float32', [], Float32Array.of(value)));
  }

  /** int32 constants as a vector; `rank` 0 for a single one as a scalar. */
  integers(values: readonly number[], rank: 0 | 1 = 1): string {
    const shape = rank === 0 ? [] : [values.length];
    return this.#once(`int:${rank}:${values.join()}`, () => this.constant('int32', shape, Int32Array.from(values)));
  }

  /** Sizes as an int32 vector, those of named axes read from the inputs when the graph runs. */
  sizes(dimensions: readonly number[]): string {
    if (dimensions.every((size) => symbolic(this.axes, size).axes.length === 0)) return this.integers(dimensions);
    return this.#known(dimensions.join(), () => {
      const parts = dimensions.map((size) => this.#size(size));
      if (parts.length === 1) return parts[0]!;
      const attributes = { N: { i: parts.length }, T: type('int32'), Tidx: type('int32') };
      return this.add('ConcatV2', [...parts, this.integers([0], 0)], attributes);
    });
  }

  /** One size as a vector of one element. */
  #size(size: number): string {
    const { factor, axes } = symbolic(this.axes, size);
    const factors = axes.map((axis) => this.#axis(axis));
    if (factor !== 1 || factors.length === 0) factors.push(this.integers([factor]));
    return factors.reduce((product, part) => this.add('Mul', [product, part], { T: type('int32') }));
  }

  /** The run-time size of a named axis, from the shape of an input that has it. */
  #axis(axis: string): string {
    return this.#known(axis, () => {
      const prime = this.axes.primes.get(axis)!;
      const [name, value] = Object.entries(this.inputs).find(([, { shape }]) => shape.includes(prime))!;
      const shape = this.add('Shape', [name], { T: type(dataType(value)), out_type: type('int32') });
      const at = this.integers([value.shape.indexOf(prime)]);
      const attributes = { Tparams: type('int32'), Tindices: type('int32'), Taxis: type('int32') };
      return this.add('GatherV2', [shape, at, this.integers([0], 0)], attributes);
    });
  }

  #known(key: string, make: () => string): string {
    const name = this.#sizes.get(key) ?? make();
    this.#sizes.set(key, name);
    return name;
  }

  #once(key: string, make: () => string): string {
    const name = this.#constants.get(key) ?? make();
    this.#constants.set(key, name);
    return name;
  }

  #fresh(op: string): string {
    return `${op}_${this.nodes.length}`;
  }
}

/** An attribute that holds an element type. */
export function type(dtype: keyof typeof DATA_TYPE): AttrValue {
  return { type: DATA_TYPE[dtype] };
}

/** The element type of a recorded value as TensorFlow has it; throws for those that no exported graph holds. */
export function dataType({ type }: Value): keyof typeof DATA_TYPE {
  if (type === 'float32' || type === 'int32' || type === 'bool') return type;
  throw new Error(`A TensorFlow graph is written without ${type} tensors.`);
}

/** A shape whose named axes are open. */
export function openShape(axes: Axes, shape: readonly number[]): TensorShape {
  return fixedShape(shape.map((size) => (symbolic(axes, size).axes.length > 0 ? -1 : size)));
}

function fixedShape(shape: readonly number[]): TensorShape {
  return { dim: shape.map((size) => ({ size })) };
}
