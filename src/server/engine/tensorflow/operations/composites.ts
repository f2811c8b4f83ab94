import { dataType, type } from '../graph';
import { type Write, floatOf } from './operation';

/** Operators that TensorFlow has no kernel for on a CPU. The gradients in `model/composites.ts` begin with the same steps, which are then taken once. */
export const COMPOSITES: Readonly<Record<string, Write>> = {
  // x·Φ(x)
  Gelu({ graph, names: [x] }) {
    const erf = graph.float('Erf', graph.float('Mul', x!, graph.scalar(Math.SQRT1_2)));
    const twice = graph.float('AddV2', erf, graph.scalar(1));
    return graph.float('Mul', graph.float('Mul', x!, graph.scalar(0.5)), twice);
  },
  LayerNormalization({ graph, operation, names: [x, scale, bias] }) {
    const meanOf = (of: string) =>
      graph.add('Mean', [of, graph.integers([-1])], {
        T: type('float32'),
        Tidx: type('int32'),
        keep_dims: { b: true },
      });
    const mean = meanOf(x!);
    const centre = graph.float('Sub', x!, mean);
    const variance = meanOf(graph.float('Square', centre));
    const epsilon = graph.scalar(floatOf(operation, 'epsilon'));
    const inverse = graph.float('Rsqrt', graph.float('AddV2', variance, epsilon));
    const normal = graph.float('Mul', centre, inverse);
    return [graph.float('AddV2', graph.float('Mul', normal, scale!), bias!), mean, inverse];
  },
  // A dropout mask as factors.
  DequantizeLinear({ graph, operation, names: [mask, scale] }) {
    const attributes = { SrcT: type(dataType(operation.inputs[0]!)), DstT: type('float32') };
    return graph.float('Mul', graph.add('Cast', [mask!], attributes), scale!);
  },
};
