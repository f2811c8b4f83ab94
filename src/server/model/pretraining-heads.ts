import * as tf from '@tensorflow/tfjs-core';
import { type Parameters, WORD_EMBEDDINGS, dense, firstRows, parameter } from './bert';
import { gelu, layerNorm } from './composites';
import type { BertConfig } from './config';
import type { Weight, Weights } from './tensor-map';
import { freshWeight } from './weights';

/*
 * The two heads that BERT is pre-trained with, as `BertForPreTraining` of transformers computes them. P masked positions, V vocabulary.
 */

/** Tensors of the heads by name, with their shapes, in the order of transformers. @param pairs whether there is a head for pairs, which reads the pooler */
export function headShapes(
  { hiddenSize: H, vocabSize: V }: BertConfig,
  pairs: boolean,
): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([
    [OUTPUT_BIAS, [V]],
    [`${TRANSFORM}.dense.weight`, [H, H]],
    [`${TRANSFORM}.dense.bias`, [H]],
    [`${TRANSFORM}.LayerNorm.weight`, [H]],
    [`${TRANSFORM}.LayerNorm.bias`, [H]],
  ]);
  if (!pairs) return shapes;
  shapes.set(`${POOLER}.weight`, [H, H]).set(`${POOLER}.bias`, [H]);
  return shapes.set(`${PAIRS}.weight`, [2, H]).set(`${PAIRS}.bias`, [2]);
}

const OUTPUT_BIAS = 'cls.predictions.bias';
const TRANSFORM = 'cls.predictions.transform';
const POOLER = 'bert.pooler.dense';
const PAIRS = 'cls.seq_relationship';

/** The heads' weights: those that `given` has in the right shape, the others made anew. `random` gives uniform numbers in [0, 1). */
export function headWeights(given: Weights, config: BertConfig, pairs: boolean, random: () => number): Weights {
  const own = (name: string, shape: readonly number[]): Weight | undefined => {
    const weight = given.get(name);
    return String(weight?.shape) === String(shape) ? weight : undefined;
  };
  return new Map(
    [...headShapes(config, pairs)].map(([name, shape]) => [
      name,
      own(name, shape) ?? freshWeight(name, shape, config, random),
    ]),
  );
}

/**
 * What words stand at masked positions. The output layer is the table of word embeddings (tied weights), and only the masked positions are computed: a
 * seventh of the rows of the largest product of a small model.
 * @param layer `[R, H]`, the encoder's last layer
 * @param positions `[P]` rows of it
 * @returns logits `[P, V]`
 */
export function maskedWordLogits(
  config: BertConfig,
  parameters: Parameters,
  layer: tf.Tensor2D,
  positions: tf.Tensor1D,
): tf.Tensor2D {
  const rows = tf.gather(layer, positions) as tf.Tensor2D; // [P, H]
  const transformed = layerNorm(
    gelu(dense(parameters, `${TRANSFORM}.dense`, rows)),
    parameter(parameters, `${TRANSFORM}.LayerNorm.weight`) as tf.Tensor1D,
    parameter(parameters, `${TRANSFORM}.LayerNorm.bias`) as tf.Tensor1D,
    config.layerNormEps,
  );
  return tf.fused.matMul({
    a: transformed,
    b: parameter(parameters, WORD_EMBEDDINGS) as tf.Tensor2D,
    transposeB: true,
    bias: parameter(parameters, OUTPUT_BIAS),
  }) as tf.Tensor2D;
}

/**
 * Whether the second text of a pair is the one that followed (0) or not (1): next sentence, or order of sentences.
 * @param layer `[R, H]`, of B pairs
 * @returns logits `[B, 2]`
 */
export function pairLogits(parameters: Parameters, layer: tf.Tensor2D, B: number): tf.Tensor2D {
  return dense(parameters, PAIRS, tf.tanh(dense(parameters, POOLER, firstRows(layer, B))));
}
