import { dataType, type } from '../graph';
import { type Write, integerOf, sizesOf } from './operation';

/** Operators that reduce axes, and softmax, which tfjs takes over the last axis alone. */
export const REDUCTIONS: Readonly<Record<string, Write>> = {
  ReduceSum(written) {
    const { graph, operation, y, names } = written;
    const [axes, rank] = [sizesOf(operation.inputs[1]), operation.inputs[0]!.shape.length];
    const columns =
      y.type === 'float32' && y.shape.length === 1 && axes.length === rank - 1 && !axes.includes(rank - 1);
    // The gradient of a bias: this operator sums columns 20 times as fast as the general one.
    return columns ? graph.float('BiasAddGrad', ...names) : reduce('Sum')(written);
  },
  ReduceMax: reduce('Max'),
  ReduceMin: reduce('Min'),
  ReduceMean: reduce('Mean'),
  ReduceProd: reduce('Prod'),
  // Recorded over all axes. L2Loss is half of it, in one pass.
  ReduceSumSquare({ graph, names: [x] }) {
    const half = graph.float('L2Loss', x!);
    return graph.float('AddV2', half, half);
  },
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Softmax: ({ graph, names }) => graph.float('Softmax', ...names),
};

function reduce(op: string): Write {
  return ({ graph, operation, y, names: [x] }) =>
    graph.add(op, [x!, graph.integers(sizesOf(operation.inputs[1]))], {
      T: type(dataType(y)),
      Tidx: type('int32'),
      keep_dims: { b: integerOf(operation, 'keepdims') === 1 },
    });
}

function argument(op: string): Write {
  return ({ graph, operation, names: [x] }) =>
    graph.add(op, [x!, graph.integers([integerOf(operation, 'axis')], 0)], {
      T: type('float32'),
      Tidx: type('int32'),
      output_type: type('int64'),
    });
}
