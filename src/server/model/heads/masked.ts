import * as tf from '@tensorflow/tfjs-core';

/** Rows by text, and which of them are tokens. */
export interface MaskedRows {
  /** `[B, T, H]` */
  readonly rows: tf.Tensor3D;
  /** `[B, T, 1]`, 1 for a token, 0 for padding. */
  readonly tokens: tf.Tensor3D;
  /** `[B, T, 1]`: 0 for a token, far below anything else for padding. */
  readonly padding: tf.Tensor3D;
}

/** Takes the last layer `[R, H]` apart by the mask `[B, T]`. */
export function maskedRows(layer: tf.Tensor2D, mask: tf.Tensor2D): MaskedRows {
  const [B, T] = mask.shape;
  const tokens = tf.cast(tf.reshape(mask, [B, T, 1]), 'float32') as tf.Tensor3D;
  return {
    rows: tf.reshape(layer, [B, T, layer.shape[1]]),
    tokens,
    padding: tf.mul(tf.sub(1, tokens), -1e9) as tf.Tensor3D,
  };
}

/** The mean of each text's tokens. `[B, H]` */
export function meanOfTokens({ rows, tokens }: MaskedRows): tf.Tensor2D {
  return tf.div(tf.sum(tf.mul(rows, tokens), 1), tf.sum(tokens, 1)) as tf.Tensor2D;
}

/** The greatest number of each column over each text's tokens. `[B, H]` */
export function largestOfTokens({ rows, padding }: MaskedRows): tf.Tensor2D {
  return tf.max(tf.add(rows, padding), 1) as tf.Tensor2D;
}
