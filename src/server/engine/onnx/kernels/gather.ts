import { type OnnxType, type Value, constant, record, scalar, sizeOf, sizes } from '../value';
import { cast, kernel, normalizeAxes, reshape } from './kernel';
import { fill, slice } from './shape';

/** Kernels that pick or add rows by index. */
export function registerGather(): void {
  kernel('GatherV2', ({ input, attribute }) => {
    const [x, indices] = [input('x'), input('indices')];
    if (attribute<number>('batchDims')) throw new Error('The onnx backend gathers without batch dimensions.');
    const axis = normalizeAxes(attribute<number>('axis'), x.shape.length)[0]!;
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return record('Gather', [x, cast(indices, 'int32')], { type: x.type, shape }, { axis: { i: axis } });
  });
  // A comparison, not ONNX's OneHot: that counts negative indices from the end, and WebGPU has none.
  kernel('OneHot', ({ input, attribute }) => {
    const [depth, dtype] = [attribute<number>('depth'), attribute<OnnxType>('dtype')];
    const classes = constant(
      'int32',
      [depth],
      Int32Array.from({ length: depth }, (_, i) => i),
    );
    const shape = [...input('indices').shape, depth];
    const isHot = record('Equal', [reshape(input('indices'), [...shape.slice(0, -1), 1]), classes], {
      type: 'bool',
      shape,
    });
    const [on, off] = [scalar(attribute('onValue'), dtype), scalar(attribute('offValue'), dtype)];
    return record('Where', [isHot, on, off], { type: dtype, shape });
  });
  kernel('TensorScatterUpdate', ({ input }) => {
    const x = input('tensor');
    return record('ScatterND', [x, cast(input('indices'), 'int64'), input('updates')], {
      type: x.type,
      shape: x.shape,
    });
  });
  kernel('UnsortedSegmentSum', ({ input, attribute }) =>
    segmentSum(input('x'), input('segmentIds'), attribute('numSegments')),
  );
}

/**
 * Sums rows of `x` by segment. `ScatterElements(add)`, not `ScatterND(add)`: the latter is a data race on ONNX Runtime's CPU provider when
 * indices repeat (onnxruntime#18048). Rows of negative segments are dropped, as in TensorFlow: they go to one row more that is cut off.
 */
export function segmentSum(x: Value, segmentIds: Value, segments: number): Value {
  const rest = x.shape.slice(segmentIds.shape.length);
  const [rows, width] = [sizeOf(segmentIds.shape), sizeOf(rest)];
  const ids = reshape(segmentIds, [rows, 1]);
  const dropped = record('Less', [ids, scalar(0, 'int32')], { type: 'bool', shape: [rows, 1] });
  const safe = record('Where', [dropped, scalar(segments, 'int32'), ids], { type: 'int32', shape: [rows, 1] });
  const indices = record('Expand', [safe, sizes([rows, width])], { type: 'int32', shape: [rows, width] });
  const zeros = fill(x.type, [segments + 1, width], 0);
  const sums = record(
    'ScatterElements',
    [zeros, indices, reshape(x, [rows, width])],
    { type: x.type, shape: [segments + 1, width] },
    { axis: { i: 0 }, reduction: { s: 'add' } },
  );
  return reshape(slice(sums, [0, 0], [segments, width]), [segments, ...rest]);
}
