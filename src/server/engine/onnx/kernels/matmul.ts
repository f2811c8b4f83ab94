import { type Value, record } from '../value';
import { unary } from './elementwise';
import { broadcastShape, cast, kernel, reshape, transpose } from './kernel';

/** Matrix products. */
export function registerMatmul(): void {
  kernel('BatchMatMul', ({ input, attribute }) => {
    const [a, b] = [input('a'), input('b')];
    const product = matmul(cast(a, 'float32'), cast(b, 'float32'), attribute('transposeA'), attribute('transposeB'));
    return cast(product, a.type === 'float32' ? b.type : a.type);
  });
  kernel('_FusedMatMul', ({ input, optional, attribute }) => {
    const activation = attribute<string | undefined>('activation') ?? 'linear';
    const product = matmul(input('a'), input('b'), attribute('transposeA'), attribute('transposeB'), optional('bias'));
    if (activation === 'linear') return product;
    if (activation === 'relu') return unary('Relu', product);
    throw new Error(`The onnx backend has no fused ${activation}: apply it after the product.`);
  });
}

/**
 * `a × b (+ bias)` over the last two axes. Single matrices, which tfjs passes as `[1, m, k] × [1, k, n]`, become `Gemm`, the fastest path; others
 * `MatMul`, whose transposes ONNX Runtime fuses into the product.
 */
export function matmul(a: Value, b: Value, transposeA: boolean, transposeB: boolean, bias?: Value): Value {
  const rankA = a.shape.length;
  const rankB = b.shape.length;
  const [m, k] = transposeA ? [a.shape[rankA - 1]!, a.shape[rankA - 2]!] : [a.shape[rankA - 2]!, a.shape[rankA - 1]!];
  const inner = transposeB ? b.shape[rankB - 1] : b.shape[rankB - 2];
  if (rankA < 2 || rankB < 2 || k !== inner)
    throw new Error(`No matrix product of [${a.shape.join()}] and [${b.shape.join()}] along ${k} and ${inner}.`);
  const n = transposeB ? b.shape[rankB - 2]! : b.shape[rankB - 1]!;
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const single = [...a.shape.slice(0, -2), ...b.shape.slice(0, -2)].every((size) => size === 1);
  // ONNX Runtime's Gemm rejects an inner axis of size 0, which MatMul allows; a bias must broadcast one way.
  if (single && k > 0 && (bias === undefined || bias.shape.length <= 1 || bias.shape.length === 2)) {
    const [left, right] = [reshape(a, a.shape.slice(-2)), reshape(b, b.shape.slice(-2))];
    const attributes = { transA: { i: transposeA ? 1 : 0 }, transB: { i: transposeB ? 1 : 0 } };
    const product = record('Gemm', [left, right, bias], { type: 'float32', shape: [m, n] }, attributes);
    return reshape(product, [...batch, m, n]);
  }
  const left = transposeA ? swapLast(a) : a;
  const right = transposeB ? swapLast(b) : b;
  const product = record('MatMul', [left, right], { type: 'float32', shape: [...batch, m, n] });
  return bias === undefined ? product : record('Add', [product, bias], { type: 'float32', shape: product.shape });
}

function swapLast(value: Value): Value {
  const axes = value.shape.map((_, i) => i);
  const last = axes.length - 1;
  return transpose(value, [...axes.slice(0, -2), last, last - 1]);
}
