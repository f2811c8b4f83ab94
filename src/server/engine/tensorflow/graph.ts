import { MAX_PROTOBUF, tooLarge } from '../limits';
import { type Axes, symbolic } from '../onnx/axes';
import type { Value } from '../onnx/value';
import { type AttrValue, DATA_TYPE, type NodeDef, type TensorShape } from './proto';

/** Bytes of a constant that is compared with others. */
const SMALL = 64;

/** What the factors of matrix products are rounded to; sums are always float32. */
export type ProductType = 'float32' | 'bfloat16';

/** A TensorFlow graph under construction: appends nodes and answers their names. The first output of a node has its name, others `name:1`, `name:2`. */
export class GraphBuilder {
  readonly nodes: NodeDef[] = [];
  readonly #known = new Map<string, string>();
  /** Tensors that are there in bfloat16 too, since they were made of such ones: products read these in the place of a rounded copy. */
  readonly #narrow = new Map<string, string>();
  #bytes = 0;

  /** @param inputs the graph's inputs by name, from whose shapes named axes are read */
  constructor(
    readonly axes: Axes,
    readonly inputs: Readonly<Record<string, Value>>,
    readonly products: ProductType = 'float32',
  ) {}

  /** Appends an operation, or answers the name of one that computes the same. With a name of its own it is appended in any case. */
  add(op: string, input: readonly string[], attr: Readonly<Record<string, AttrValue>>, name?: string): string {
    if (name === undefined) {
      const key = `${op}(${input.join()})${JSON.stringify(attr)}`;
      return this.#once(key, () => this.#append(op, input, attr, this.#fresh(op)));
    }
    return this.#append(op, input, attr, name);
  }

  #append(op: string, input: readonly string[], attr: Readonly<Record<string, AttrValue>>, name: string): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** Appends a matrix product of two float32 tensors, computed in the graph's type for products. */
  product(op: 'MatMul' | 'BatchMatMulV2', a: string, b: string, attr: Readonly<Record<string, AttrValue>>): string {
    if (this.products === 'float32') return this.add(op, [a, b], { T: type('float32'), ...attr });
    return this.#widened(this.add(op, [this.#narrowed(a), this.#narrowed(b)], { T: type('bfloat16'), ...attr }));
  }

  /** Appends the sum of a product and a bias. For another product it is added in bfloat16. */
  biased(product: string, bias: string): string {
    const sum = this.add('BiasAdd', [product, bias], { T: type('float32') });
    const narrow = this.#narrow.get(product);
    if (narrow !== undefined)
      this.#narrow.set(sum, this.add('BiasAdd', [narrow, this.#narrowed(bias)], { T: type('bfloat16') }));
    return sum;
  }

  /** Appends an operation that moves the elements of a tensor, in bfloat16 where it is there in that: half of the bytes, the same numbers. */
  moved(op: string, x: string, how: string, element: AttrValue, attr: Readonly<Record<string, AttrValue>>): string {
    const result = this.add(op, [x, how], { T: element, ...attr });
    const narrow = this.#narrow.get(x);
    if (narrow !== undefined) this.#narrow.set(result, this.add(op, [narrow, how], { T: type('bfloat16'), ...attr }));
    return result;
  }

  /** A tensor in float32 of one in bfloat16. */
  #widened(narrow: string): string {
    const wide = this.add('Cast', [narrow], { SrcT: type('bfloat16'), DstT: type('float32') });
    this.#narrow.set(wide, narrow);
    return wide;
  }

  /** A tensor in bfloat16. */
  #narrowed(name: string): string {
    return this.#narrow.get(name) ?? this.add('Cast', [name], { SrcT: type('float32'), DstT: type('bfloat16') });
  }

  /** Appends an operation whose only attribute is the element type `T`. */
  float(op: string, ...input: string[]): string {
    return this.add(op, input, { T: type('float32') });
  }

  /** A constant; small ones that are equal are one. Throws a `RowlightError` where the constants grow too large for one protocol buffer. */
  constant(dtype: keyof typeof DATA_TYPE, shape: readonly number[], data: ArrayBufferView): string {
    const tensorContent = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (tensorContent.length > SMALL) return this.#constant(dtype, shape, tensorContent);
    const key = `${dtype}[${shape.join()}]${tensorContent.join()}`;
    return this.#once(key, () => this.#constant(dtype, shape, tensorContent));
  }

  #constant(dtype: keyof typeof DATA_TYPE, shape: readonly number[], tensorContent: Uint8Array): string {
    this.#bytes += tensorContent.byteLength;
    if (this.#bytes > MAX_PROTOBUF) throw tooLarge(this.#bytes);
    const tensor = { dtype: DATA_TYPE[dtype], tensorShape: fixedShape(shape), tensorContent };
    return this.#append('Const', [], { dtype: type(dtype), value: { tensor } }, this.#fresh('Const'));
  }

  /** A float32 scalar. */
  scalar(value: number): string {
    return this.constant('float32', [], Float32Array.of(value));
  }

  /** int32 constants as a vector; `rank` 0 for a single one as a scalar. */
  integers(values: readonly number[], rank: 0 | 1 = 1): string {
    return this.constant('int32', rank === 0 ? [] : [values.length], Int32Array.from(values));
  }

  /** Sizes as an int32 vector, those of named axes read from the inputs when the graph runs. */
  sizes(dimensions: readonly number[]): string {
    if (dimensions.every((size) => symbolic(this.axes, size).axes.length === 0)) return this.integers(dimensions);
    const parts = dimensions.map((size) => this.#size(size));
    if (parts.length === 1) return parts[0]!;
    const attributes = { N: { i: parts.length }, T: type('int32'), Tidx: type('int32') };
    return this.add('ConcatV2', [...parts, this.integers([0], 0)], attributes);
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
    const prime = this.axes.primes.get(axis)!;
    const [name, value] = Object.entries(this.inputs).find(([, { shape }]) => shape.includes(prime))!;
    const shape = this.add('Shape', [name], { T: type(dataType(value)), out_type: type('int32') });
    const at = this.integers([value.shape.indexOf(prime)]);
    const attributes = { Tparams: type('int32'), Tindices: type('int32'), Taxis: type('int32') };
    return this.add('GatherV2', [shape, at, this.integers([0], 0)], attributes);
  }

  #once(key: string, make: () => string): string {
    const name = this.#known.get(key) ?? make();
    this.#known.set(key, name);
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

/** The element type of a recorded value as TensorFlow has it. */
export function dataType({ type }: Value): keyof typeof DATA_TYPE {
  return type;
}

/** A shape whose named axes are open. */
export function openShape(axes: Axes, shape: readonly number[]): TensorShape {
  return fixedShape(shape.map((size) => (symbolic(axes, size).axes.length > 0 ? -1 : size)));
}

function fixedShape(shape: readonly number[]): TensorShape {
  return { dim: shape.map((size) => ({ size })) };
}
