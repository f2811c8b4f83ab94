import type { BertConfig } from '../../src/server/model/config';
import { padBatch } from '../../src/server/model/logits';
import type { Random } from '../../src/server/training/random';
import type { LabelledBatch } from '../../src/server/training/stepper';

const COMMON = {
  activation: 'gelu',
  typeVocabSize: 2,
  layerNormEps: 1e-12,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  classifierDropout: 0.1,
  initializerRange: 0.02,
  padTokenId: 0,
  head: 'cls',
  architectures: [],
} as const;

/** BERT-base, Chinese vocabulary. */
export const BASE: BertConfig = {
  ...COMMON,
  vocabSize: 21128,
  hiddenSize: 768,
  layers: 12,
  heads: 12,
  intermediateSize: 3072,
  maxPositions: 512,
};

/** The shape of zh-mini. */
export const MINI: BertConfig = {
  ...COMMON,
  vocabSize: 10885,
  hiddenSize: 256,
  layers: 4,
  heads: 4,
  intermediateSize: 1024,
  maxPositions: 256,
};

/** Labels of the classifiers that are timed. */
export const LABELS = 8;

/** A batch of random ids and labels without padding. */
export function randomBatch(config: BertConfig, B: number, T: number, random: Random): LabelledBatch {
  const encodings = Array.from({ length: B }, () => ({
    ids: Int32Array.from({ length: T }, () => 5 + random.below(config.vocabSize - 5)),
    typeIds: new Int32Array(T),
  }));
  return {
    ...padBatch(encodings, T, config.padTokenId),
    labels: Int32Array.from({ length: B }, () => random.below(LABELS)),
    weights: new Float32Array(B).fill(1),
  };
}
