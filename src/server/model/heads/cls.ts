import * as tf from '@tensorflow/tfjs-core';
import { dense } from '../bert';
import type { Head } from './head';

/** BERT's own: dense + tanh on the row of `[CLS]`, as `BertPooler` of transformers. */
export const clsHead: Head = {
  rows: 'first',
  pool: (_config, parameters, layer) => tf.tanh(dense(parameters, 'bert.pooler.dense', layer)),
};
