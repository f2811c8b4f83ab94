import { type Value, record, sizes } from '../value';
import { withoutNan } from './elementwise';
import { cast, kernel, normalizeAxes } from './kernel';

/** Kernels that reduce axes, and softmax. */
export function registerReduction(): void {
  kernel('Sum', ({ input, attribute }) => {
    const x = input('x');
    return reduce('ReduceSum', x.type === 'bool' ? cast(x, 'int32') : x, attribute('axis'), attribute('keepDims'));
  });
  kernel('Mean', ({ input, attribute }) =>
    reduce('ReduceMean', cast(input('x'), 'float32'), attribute('axis'), attribute('keepDims')),
  );
  kernel('Max', ({ input, attribute }) =>
    reduce('ReduceMax', input('x'), attribute('reductionIndices'), attribute('keepDims')),
  );
  kernel('Min', ({ input, attribute }) => reduce('ReduceMin', input('x'), attribute('axis'), attribute('keepDims')));
  kernel('Prod', ({ input, attribute }) => {
    const x = input('x');
    return reduce('ReduceProd', x.type === 'bool' ? cast(x, 'int32') : x, attribute('axis'), attribute('keepDims'));
  });
  kernel('All', ({ input, attribute }) => logical('ReduceMin', input('x'), attribute('axis'), attribute('keepDims')));
  kernel('Any', ({ input, attribute }) => logical('ReduceMax', input('x'), attribute('axis'), attribute('keepDims')));
  kernel('ArgMax', ({ input, attribute }) => argument('ArgMax', withoutNan(input('x'), -Infinity), attribute('axis')));
  kernel('ArgMin', ({ input, attribute }) => argument('ArgMin', withoutNan(input('x'), Infinity), attribute('axis')));
  kernel('Softmax', ({ input, attribute }) => {
    const logits = cast(input('logits'), 'float32');
    const axis = normalizeAxes(attribute<number>('dim'), logits.shape.length)[0]!;
    return record('Softmax', [logits], { type: 'float32', shape: logits.shape }, { axis: { i: axis } });
  });
}

/** Reduces over axes. No axes at all: the value itself. */
export function reduce(type: string, x: Value, axis: number | number[] | null | undefined, keepDims = false): Value {
  const axes = normalizeAxes(axis, x.shape.length);
  if (axes.length === 0) return x;
  const shape = x.shape.flatMap((size, i) => (!axes.includes(i) ? [size] : keepDims ? [1] : []));
  return record(type, [x, sizes(axes)], { type: x.type, shape }, { keepdims: { i: keepDims ? 1 : 0 } });
}

function logical(type: string, x: Value, axis: number | number[], keepDims: boolean): Value {
  return cast(reduce(type, cast(x, 'int32'), axis, keepDims), 'bool');
}

/** tfjs moves the axis last and passes it as a list of one. */
function argument(type: string, x: Value, axis: number | number[]): Value {
  const [along] = normalizeAxes(axis, x.shape.length);
  const shape = x.shape.filter((_, i) => i !== along);
  const attributes = { axis: { i: along! }, keepdims: { i: 0 } };
  return cast(record(type, [cast(x, 'float32')], { type: 'int64', shape }, attributes), 'int32');
}
