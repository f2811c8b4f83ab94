import { type TensorInfo, backend_util, slice_util } from '@tensorflow/tfjs-core';
import { type OnnxType, type Value, constant, record, recordMany, scalar, sizeOf, sizes } from '../value';
import { cast, kernel, normalizeAxes, reshape, sameShape, transpose } from './kernel';

/** Kernels that move, cut, join or make tensors. */
export function registerShape(): void {
  kernel('Reshape', ({ input, attribute }) => {
    const x = input('x');
    return reshape(x, inferShape(attribute<number[]>('shape'), sizeOf(x.shape)));
  });
  kernel('ExpandDims', ({ input, attribute }) => {
    const shape = [...input('input').shape];
    const dim = attribute<number>('dim');
    if (dim < -shape.length - 1)
      throw new RangeError(`A tensor of rank ${shape.length} has no place ${dim} for another axis.`);
    shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
    return reshape(input('input'), shape);
  });
  kernel('Transpose', ({ input, attribute }) => transpose(input('x'), attribute('perm')));
  kernel('Slice', ({ input, attribute }) => {
    const x = input('x');
    const [begin, size] = slice_util.parseSliceParams(asTensorLike(x), attribute('begin'), attribute('size')) as [
      number[],
      number[],
    ];
    slice_util.assertParamsValid(asTensorLike(x), begin, size);
    return slice(x, begin, size);
  });
  kernel('PadV2', ({ input, attribute }) => {
    const x = input('x');
    const paddings = attribute<[number, number][]>('paddings');
    const pads = sizes([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
    const shape = x.shape.map((size, i) => size + paddings[i]![0] + paddings[i]![1]);
    return record('Pad', [x, pads, scalar(attribute('constantValue'), x.type)], { type: x.type, shape });
  });
  kernel('Concat', ({ all, attribute }) => concat(all(), attribute('axis')));
  kernel('Pack', ({ all, attribute }) => {
    const axis = attribute<number>('axis');
    const [first, ...others] = all();
    if (others.some((x) => x.type !== first!.type || !sameShape(x.shape, first!.shape)))
      throw new Error('Tensors of one shape and type can be stacked.');
    return concat(
      all().map((x) => reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)])),
      axis,
    );
  });
  kernel('Unpack', ({ input, attribute }) => {
    const x = input('value');
    const axis = normalizeAxes(attribute<number>('axis'), x.shape.length)[0]!;
    const parts = split(x, Array<number>(x.shape[axis]!).fill(1), axis);
    return parts.map((part) =>
      reshape(
        part,
        part.shape.filter((_, i) => i !== axis),
      ),
    );
  });
  kernel('SplitV', ({ input, attribute }) => {
    const x = input('x');
    const axis = normalizeAxes(attribute<number>('axis'), x.shape.length)[0]!;
    const partSizes = backend_util.prepareSplitSize(asTensorLike(x) as never, attribute('numOrSizeSplits'), axis);
    return split(x, partSizes, axis);
  });
  kernel('Tile', ({ input, attribute }) => {
    const x = input('x');
    const reps = attribute<number[]>('reps');
    return record('Tile', [x, sizes(reps)], { type: x.type, shape: x.shape.map((size, i) => size * reps[i]!) });
  });
  kernel('Fill', ({ attribute }) => {
    const value = attribute<number>('value');
    return fill(attribute<OnnxType>('dtype') ?? 'float32', attribute('shape'), value);
  });
  kernel('OnesLike', ({ input }) => fill(input('x').type, input('x').shape, 1));
  kernel('ZerosLike', ({ input }) => fill(input('x').type, input('x').shape, 0));
  kernel('Range', ({ attribute }) => {
    const [start, stop] = [attribute<number>('start'), attribute<number>('stop')];
    // tfjs counts downwards by itself.
    const step = stop < start && attribute<number>('step') === 1 ? -1 : attribute<number>('step');
    const length = Math.max(0, Math.ceil((stop - start) / step));
    const data = attribute<OnnxType>('dtype') === 'int32' ? new Int32Array(length) : new Float32Array(length);
    for (let i = 0; i < length; i++) data[i] = start + i * step;
    return constant(data instanceof Int32Array ? 'int32' : 'float32', [length], data);
  });
}

/** A part of a tensor. Axes that stay whole are not sliced, so that a named axis is never bounded by a number. */
export function slice(x: Value, begin: readonly number[], size: readonly number[]): Value {
  const axes = x.shape.map((_, i) => i).filter((i) => begin[i] !== 0 || size[i] !== x.shape[i]);
  if (axes.length === 0) return x;
  const starts = axes.map((i) => begin[i]!);
  const ends = axes.map((i) => begin[i]! + size[i]!);
  return record('Slice', [x, sizes(starts), sizes(ends), sizes(axes)], { type: x.type, shape: [...size] });
}

/** A tensor of one value. The size may depend on named axes. */
export function fill(type: OnnxType, shape: readonly number[], value: number): Value {
  const one = scalar(value, type);
  return shape.length === 0 ? one : record('Expand', [one, sizes(shape)], { type, shape });
}

function concat(parts: readonly Value[], axis: number): Value {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const at = axis < 0 ? axis + first.shape.length : axis;
  const shapes = parts.map((part) => [...part.shape]);
  backend_util.assertParamsConsistent(shapes, at);
  const type = parts.every((part) => part.type === first.type) ? first.type : 'float32';
  const shape = backend_util.computeOutShape(shapes, at);
  return record(
    'Concat',
    parts.map((part) => cast(part, type)),
    { type, shape },
    { axis: { i: at } },
  );
}

function split(x: Value, partSizes: readonly number[], axis: number): Value[] {
  const outputs = partSizes.map((part) => ({
    type: x.type,
    shape: x.shape.map((size, i) => (i === axis ? part : size)),
  }));
  return recordMany('Split', [x, sizes(partSizes)], outputs, { axis: { i: axis } });
}

/** Replaces the one −1 of a requested shape. */
function inferShape(shape: readonly number[], size: number): number[] {
  const known = shape.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  return shape.map((dim) => (dim === -1 ? size / known : dim));
}

/** tfjs's slice helpers look at shape and rank alone. */
function asTensorLike(x: Value): TensorInfo {
  return { shape: [...x.shape], rank: x.shape.length, dtype: 'float32', dataId: {} } as TensorInfo;
}
