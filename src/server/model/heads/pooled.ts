import * as tf from '@tensorflow/tfjs-core';
import { dense, firstRows } from '../bert';
import { type MaskedRows, largestOfTokens, maskedRows, meanOfTokens } from './masked';
import type { Head } from './head';

/**
 * The contest model of the article (推荐评论): global average, global maximum and the row of `[CLS]` of a self-attention, side by side.
 *
 * Two things differ from its code. Padding is left out of all three, which the original counted in: there the same text had other
 * features in another batch. And the attention's weights pass one softmax: `attention_activation='softmax'` of keras-self-attention puts
 * a second one upon it, which leaves them nearly equal.
 */
export const pooledHead: Head = {
  rows: 'all',
  pool(_config, parameters, layer, mask) {
    const text = maskedRows(layer, mask);
    const first = firstRows(layer, mask.shape[0]);
    return tf.concat([meanOfTokens(text), largestOfTokens(text), attend(parameters, first, layer, text)], 1);
  },
};

/**
 * Additive attention (Bahdanau et al. 2014; `SeqSelfAttention` of keras-self-attention, 32 units): what the first row sees of all.
 * @param first `[B, H]`
 * @param layer `[R, H]`
 * @returns `[B, H]`
 */
function attend(
  parameters: Parameters<Head['pool']>[1],
  first: tf.Tensor2D,
  layer: tf.Tensor2D,
  { rows, padding }: MaskedRows,
): tf.Tensor2D {
  const [B, T, H] = rows.shape;
  const asking = dense(parameters, 'head.attention.query', first); // [B, U]
  const asked = dense(parameters, 'head.attention.key', layer); // [R, U]
  const U = asking.shape[1];
  const meeting = tf.tanh(tf.add(tf.reshape(asking, [B, 1, U]), tf.reshape(asked, [B, T, U]))); // [B, T, U]
  const scores = dense(parameters, 'head.attention.score', tf.reshape(meeting, [B * T, U])); // [R, 1]
  const weights = tf.softmax(tf.reshape(tf.add(tf.reshape(scores, [B, T, 1]), padding), [B, 1, T]));
  return tf.reshape(tf.matMul(weights, rows), [B, H]);
}
