import * as tf from '@tensorflow/tfjs-core';

/**
 * Operations that a runtime has as one operator. Each has its gradient written out here, so that the backward pass stays as short as the forward
 * one; `LayerNormalization`, `Gelu` and `DropoutFactors` are kernels of our backend (`engine/onnx/kernels/composite.ts`).
 */
const run = <T>(name: string, inputs: Record<string, tf.Tensor>, attributes: tf.NamedAttrMap = {}) =>
  tf.engine().runKernel(name, inputs, attributes) as T;

/**
 * Layer normalisation over the last axis (Ba et al. 2016): `(x − mean) / sqrt(variance + epsilon) · scale + bias`, variance without Bessel's
 * correction.
 * @param x `[R, H]`
 * @param scale `[H]`
 * @param bias `[H]`
 * @returns `[R, H]`
 */
export function layerNorm(x: tf.Tensor2D, scale: tf.Tensor1D, bias: tf.Tensor1D, epsilon: number): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [x, scale, bias] = args as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const [y, mean, inverse] = run<tf.Tensor2D[]>('LayerNormalization', { x, scale, bias }, { epsilon }) as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    save([x, scale, mean, inverse]);
    return {
      value: y,
      gradFunc: (dy, saved) => {
        const [x, scale, mean, inverse] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor2D];
        const normal = tf.mul(tf.sub(x, mean), inverse);
        const dNormal = tf.mul(dy, scale);
        // The two means remove what a shift and a stretch of x would do, which the norm undoes.
        const shift = tf.mean(dNormal, -1, true);
        const stretch = tf.mul(normal, tf.mean(tf.mul(dNormal, normal), -1, true));
        const dx = tf.mul(tf.sub(tf.sub(dNormal, shift), stretch), inverse);
        return [dx, tf.sum(tf.mul(dy, normal), 0), tf.sum(dy, 0)];
      },
    };
  });
  return op(x, scale, bias) as tf.Tensor2D;
}

/** The exact GELU (Hendrycks & Gimpel 2016): `x·Φ(x)` with the normal distribution's Φ, as BERT's `hidden_act: "gelu"`. */
export function gelu<T extends tf.Tensor>(x: T): T {
  const op = tf.customGrad((...args) => {
    const [x] = args as [tf.Tensor];
    (args[1] as unknown as tf.GradSaveFunc)([x]);
    return {
      value: run<tf.Tensor>('Gelu', { x }),
      gradFunc: (dy, saved) => {
        const [x] = saved as [tf.Tensor];
        // Φ(x) + x·φ(x) with s = x/√2: (1 + erf(s))/2 + s·exp(ln(1/√π) − s²), the form with the fewest passes over memory.
        const s = tf.mul(x, Math.SQRT1_2);
        const phi = tf.mul(tf.add(tf.erf(s), 1), 0.5);
        const bell = tf.exp(tf.sub(-Math.log(Math.PI) / 2, tf.mul(s, s)));
        return tf.mul(dy, tf.add(phi, tf.mul(s, bell)));
      },
    };
  });
  return op(x) as T;
}

/**
 * Dropout with a mask that comes from outside (`training/dropout.ts`), so that a resumed run and another engine drop the same elements.
 * @param mask 0 or 1 an element, an input of type `uint8`, the shape of `x`
 * @param keep the probability that an element is kept; what is kept is divided by it
 */
export function dropout<T extends tf.Tensor>(x: T, mask: tf.Tensor, keep: number): T {
  return tf.mul(x, run<tf.Tensor>('DropoutFactors', { mask }, { scale: 1 / keep }));
}

/**
 * The sum of the squares of all elements, a scalar.
 * @param byRow whether rows are summed up first: a GPU gives each result of a reduction to one group of its threads
 */
export function sumOfSquares(x: tf.Tensor, byRow = false): tf.Scalar {
  return run<tf.Scalar>('SumOfSquares', { x }, { byRow });
}
