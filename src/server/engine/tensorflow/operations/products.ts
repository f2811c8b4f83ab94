import type { Value } from '../../onnx/value';
import { type Write, integerOf, integersOf } from './operation';

/** Matrix products. */
export const PRODUCTS: Readonly<Record<string, Write>> = {
  MatMul({ graph, operation, nameOf }) {
    const [a, b] = operation.inputs.map((input) => untransposed(input!));
    return graph.product('BatchMatMulV2', nameOf(a!.value), nameOf(b!.value), {
      adj_x: { b: a!.swapped },
      adj_y: { b: b!.swapped },
    });
  },
  Gemm({ graph, operation, names: [a, b, bias] }) {
    const product = graph.product('MatMul', a!, b!, {
      transpose_a: { b: integerOf(operation, 'transA') === 1 },
      transpose_b: { b: integerOf(operation, 'transB') === 1 },
    });
    if (bias === undefined) return product;
    if (operation.inputs[2]!.shape.length !== 1) return graph.float('AddV2', product, bias);
    return graph.biased(product, bias);
  },
};

/** A factor before its last two axes were swapped, which the product does by itself. */
function untransposed(value: Value): { readonly value: Value; readonly swapped: boolean } {
  const { source } = value;
  if (source.kind !== 'operation' || source.operation.type !== 'Transpose') return { value, swapped: false };
  const permutation = integersOf(source.operation.attributes['perm']);
  const last = permutation.length - 1;
  const swaps = permutation.every((axis, i) => axis === (i < last - 1 ? i : i === last ? last - 1 : last));
  return swaps ? { value: source.operation.inputs[0]!, swapped: true } : { value, swapped: false };
}
