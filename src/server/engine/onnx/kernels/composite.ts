import { record, recordMany, scalar } from '../value';
import { binary, unary } from './elementwise';
import { kernel } from './kernel';
import { reduce } from './reduction';

/**
 * Kernels that tfjs does not have: operations of the model that ONNX has as one operator. `model/composites.ts` gives each its gradient.
 */
export function registerComposite(): void {
  // y, mean and inverse deviation over the last axis; the last two are what the gradient needs.
  kernel('LayerNormalization', ({ input, attribute }) => {
    const x = input('x');
    const statistic = { type: 'float32', shape: [...x.shape.slice(0, -1), 1] } as const;
    const attributes = { axis: { i: -1 }, epsilon: { f: attribute<number>('epsilon') } };
    return recordMany(
      'LayerNormalization',
      [x, input('scale'), input('bias')],
      [{ type: 'float32', shape: x.shape }, statistic, statistic],
      attributes,
    );
  });
  // The exact GELU, x·Φ(x).
  kernel('Gelu', ({ input }) => unary('Gelu', input('x')));
  // A dropout mask of bytes 0/1 as factors 0 and `scale`, in one pass.
  kernel('DropoutFactors', ({ input, attribute }) =>
    record('DequantizeLinear', [input('mask'), scalar(attribute<number>('scale'))], {
      type: 'float32',
      shape: input('mask').shape,
    }),
  );
  // Without the temporary that square and sum would need, which for a gradient is as large as the weight.
  kernel('SumOfSquares', ({ input, attribute }) => {
    const x = input('x');
    if (attribute<boolean>('byRow') && x.shape.length > 1)
      return reduce('ReduceSum', reduce('ReduceSumSquare', x, -1), null);
    return x.shape.length === 0 ? binary('Mul', x, x) : reduce('ReduceSumSquare', x, null);
  });
}
