import type * as tf from '@tensorflow/tfjs-core';
import type { Parameters, Rows } from '../bert';
import type { BertConfig } from '../config';

/** How a classifier sums a text up: one vector of the encoder's last layer, which a dense layer then turns into logits. */
export interface Head {
  /** Which rows of the last layer it reads. */
  readonly rows: Rows;
  /**
   * @param layer the last layer: `[R, H]`, or `[B, H]` for a head that reads the first rows
   * @param mask `[B, T]`, 1 for a token, 0 for padding
   * @returns `[B, W]`, W as `headWidth` tells
   */
  pool(config: BertConfig, parameters: Parameters, layer: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D;
}
