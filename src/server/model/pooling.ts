import { RowlightError } from '../errors';
import type { BertConfig } from './config';

/**
 * How a text's rows become one vector, as bert-as-service names them: `none` keeps the row of every token, `cls` and `sep` take the first and the
 * last token's, `mean` and `max` go over all tokens, the special ones too, and `mean-max` puts both side by side.
 */
export const POOLING_STRATEGIES = ['none', 'cls', 'sep', 'mean', 'max', 'mean-max'] as const;

/** One of {@link POOLING_STRATEGIES}. */
export type PoolingStrategy = (typeof POOLING_STRATEGIES)[number];

/**
 * What is made of a text. Layers are bert-as-service's `pooling_layer`: -1 is the last, -2 the one before, 0 the first; `embeddings` is what the
 * first layer reads. The rows of several layers stand side by side, in their order, before they are pooled.
 */
export interface Pooling {
  readonly strategy: PoolingStrategy;
  readonly layers: readonly (number | 'embeddings')[];
}

/** The mean of the last layer: what sentence vectors are where nobody says otherwise. */
export const DEFAULT_POOLING: Pooling = { strategy: 'mean', layers: [-1] };

/**
 * What a base model makes of a text without any training: first and last layer, as sentence vectors of a bare BERT are best made (Su et al. 2021,
 * "Whitening Sentence Representations"). For a head over zh-mini the row of `[CLS]` is 3 to 10 points worse than the last layer's mean, and the last
 * layer alone 4 to 8 points worse than both.
 */
export const TEXT_FEATURES: Pooling = { strategy: 'mean', layers: ['embeddings', -1] };

/** bert-as-service's own names (`REDUCE_MEAN`), in lower case with `-`. */
const ALSO: Readonly<Record<string, PoolingStrategy>> = {
  'cls-token': 'cls',
  'first-token': 'cls',
  'sep-token': 'sep',
  'last-token': 'sep',
  'reduce-mean': 'mean',
  'reduce-max': 'max',
  'reduce-mean-max': 'mean-max',
};

/** bert-as-service's name of each strategy. */
export const SERVICE_NAMES: Readonly<Record<PoolingStrategy, string>> = {
  none: 'NONE',
  cls: 'CLS_TOKEN',
  sep: 'SEP_TOKEN',
  mean: 'REDUCE_MEAN',
  max: 'REDUCE_MAX',
  'mean-max': 'REDUCE_MEAN_MAX',
};

/** The strategy of a name, ours or bert-as-service's; undefined where it is none. */
export function parseStrategy(name: string): PoolingStrategy | undefined {
  const plain = name.toLowerCase().replaceAll('_', '-');
  return POOLING_STRATEGIES.find((strategy) => strategy === plain) ?? ALSO[plain];
}

/**
 * The hidden states that the layers of a pooling are, in their order: 0 what the embeddings give, `layers` what the last layer gives. Throws a
 * `RowlightError` of reason `bad-argument` where the model has no such layer.
 */
export function hiddenStates({ layers }: BertConfig, pooling: Pooling): number[] {
  return pooling.layers.map((layer) => {
    if (layer === 'embeddings') return 0;
    const state = layer < 0 ? layers + 1 + layer : layer + 1;
    if (state >= 1 && state <= layers) return state;
    throw new RowlightError(
      'bad-argument',
      `layer ${layer}: this model has ${layers} layers, ${-layers} to -1 from the last, 0 to ${layers - 1} from the first`,
    );
  });
}

/** Numbers of one vector. */
export function vectorWidth({ hiddenSize }: BertConfig, { strategy, layers }: Pooling): number {
  return hiddenSize * layers.length * (strategy === 'mean-max' ? 2 : 1);
}
