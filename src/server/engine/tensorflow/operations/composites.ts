import type { Value } from '../../onnx/value';
import { type } from '../graph';
import { type Write, floatOf } from './operation';

/** Operators that TensorFlow has no kernel for on a CPU. The gradients in `model/composites.ts` begin with the same steps, which are then taken once. */
export const COMPOSITES: Readonly<Record<string, Write>> = {
  // x·Φ(x)
  Gelu({ graph, names: [x] }) {
    const erf = graph.float('Erf', graph.float('Mul', x!, graph.scalar(Math.SQRT1_2)));
    const phi = graph.float('Mul', graph.float('AddV2', erf, graph.scalar(1)), graph.scalar(0.5));
    return graph.float('Mul', x!, phi);
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
  // A dropout mask as factors. `Dequantize` is one pass over memory where a conversion and a product are two; it spreads 0 … 255 over 0 … 255·scale.
  DequantizeLinear({ graph, operation, names: [mask] }) {
    const scale = (operation.inputs[1] as Value & { source: { kind: 'constant' } }).source.data[0]!;
    const bytes = graph.add('Bitcast', [mask!], { T: type('uint8'), type: type('quint8') });
    const attributes = { T: type('quint8'), dtype: type('float32') };
    return graph.add('Dequantize', [bytes, graph.scalar(0), graph.scalar(255 * scale)], attributes);
  },
};
