import * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine, InputSpec } from '../engine/engine';
import { type Drop, type Parameters, WORD_EMBEDDINGS, dropoutPlaces, encode, noDropout, wordRows } from '../model/bert';
import type { BertConfig } from '../model/config';
import { maskedWordLogits, pairLogits } from '../model/pretraining-heads';
import { WORD_GRADIENT, dropBy, gradientName, lossAndGradients, maskInputs } from '../training/step';

/** Sizes of a graph: B sequences of T tokens with room for P predictions. */
export interface PretrainingShape {
  readonly B: number;
  readonly T: number;
  readonly P: number;
  /** Whether pairs are judged. */
  readonly pairs: boolean;
  /** Whether the batch says where its tokens stand. */
  readonly placed: boolean;
}

/** Output name: 1 where the most likely word is the right one, `[P]`. */
export const CORRECT = 'correct';
/** Output names of the parts of the loss. */
export const MASKED_LOSS = 'masked-loss';
export const PAIR_LOSS = 'pair-loss';

/**
 * Compiles forward and backward pass of pre-training for batches of one shape. Inputs: those of `makePretrainingBatch`, and a dropout mask a place.
 * Outputs: the losses and a gradient a weight, that of the word table in two parts: as the output layer, `[V, H]`, and of the looked-up
 * words in rows, `[R, H]`, for a deterministic sum.
 */
export function compilePretrainingStep(
  engine: Engine,
  config: BertConfig,
  parameters: Parameters,
  shape: PretrainingShape,
): Promise<Compiled> {
  const places = dropoutPlaces(config, shape.B, shape.T, 'all');
  const table = parameters.get(WORD_EMBEDDINGS)!;
  const others = [...parameters].filter(([name]) => name !== WORD_EMBEDDINGS);
  return engine.compile({
    inputs: { ...inputsOf(shape), ...maskInputs(places) },
    variables: 'live',
    fn: (tensors) => {
      const drop = dropBy(places, tensors);
      const words = wordRows(parameters, tensors.ids as tf.Tensor2D);
      const parts: Record<string, tf.Tensor> = {};
      const loss = () => {
        const found = losses(config, parameters, words, tensors, shape, drop);
        parts[MASKED_LOSS] = tf.keep(found.masked);
        if (found.pair) parts[PAIR_LOSS] = tf.keep(found.pair);
        return found.pair ? (tf.add(found.masked, found.pair) as tf.Scalar) : found.masked;
      };
      const { outputs, rest } = lossAndGradients(loss, others, [table, words]);
      // What was kept beyond the differentiated function is freed here; its copy is freed with the trace.
      for (const [name, part] of Object.entries(parts)) {
        outputs[name] = tf.clone(part);
        part.dispose();
      }
      return { ...outputs, [gradientName(WORD_EMBEDDINGS)]: rest[0]!, [WORD_GRADIENT]: rest[1]! };
    },
  });
}

/** Compiles the forward pass alone, without dropout, for judging held-out sequences: the losses, and which predictions are right. */
export function compileJudging(
  engine: Engine,
  config: BertConfig,
  parameters: Parameters,
  shape: PretrainingShape,
): Promise<Compiled> {
  return engine.compile({
    inputs: inputsOf(shape),
    variables: 'live',
    fn: (tensors) => {
      const words = wordRows(parameters, tensors.ids as tf.Tensor2D);
      const { masked, pair, logits } = losses(config, parameters, words, tensors, shape, noDropout);
      const correct = tf.cast(tf.equal(tf.argMax(logits, 1), tensors.labels!), 'float32');
      return { [MASKED_LOSS]: masked, [CORRECT]: correct, ...(pair ? { [PAIR_LOSS]: pair } : {}) };
    },
  });
}

function inputsOf({ B, T, P, pairs, placed }: PretrainingShape): Record<string, InputSpec> {
  const int = (...shape: number[]): InputSpec => ({ dtype: 'int32', shape });
  const float = (...shape: number[]): InputSpec => ({ dtype: 'float32', shape });
  return {
    ids: int(B, T),
    mask: int(B, T),
    typeIds: int(B, T),
    positions: int(P),
    labels: int(P),
    weights: float(P),
    ...(placed ? { positionIds: int(T) } : {}),
    ...(pairs ? { pairLabels: int(B), pairWeights: float(B) } : {}),
  };
}

function losses(
  config: BertConfig,
  parameters: Parameters,
  words: tf.Tensor2D,
  tensors: Record<string, tf.Tensor>,
  { B, pairs }: PretrainingShape,
  drop: Drop,
) {
  const [mask, typeIds] = [tensors.mask as tf.Tensor2D, tensors.typeIds as tf.Tensor2D];
  const positionIds = tensors.positionIds as tf.Tensor1D | undefined;
  const layer = encode(config, parameters, words, mask, typeIds, 'all', drop, positionIds);
  const logits = maskedWordLogits(config, parameters, layer, tensors.positions as tf.Tensor1D);
  const masked = weighedCrossEntropy(logits, tensors.labels as tf.Tensor1D, tensors.weights as tf.Tensor1D);
  const pair = pairs
    ? weighedCrossEntropy(
        pairLogits(parameters, layer, B),
        tensors.pairLabels as tf.Tensor1D,
        tensors.pairWeights as tf.Tensor1D,
      )
    : undefined;
  return { logits, masked, pair };
}

/**
 * `Σ w·(−log softmax(logits)[label])`. Its gradient is written out: (softmax − truth)·w, in the fewest passes over `[P, V]`, the largest tensor of the
 * step; what is special of the labels' own logits is computed for these P alone.
 */
export function weighedCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, weights: tf.Tensor1D): tf.Scalar {
  const [P, V] = logits.shape;
  const op = tf.customGrad((...args) => {
    const [logits] = args as [tf.Tensor2D];
    const save = args[1] as unknown as tf.GradSaveFunc;
    // Where the labels' logits lie in memory.
    const own = tf.add(tf.range(0, P * V, V, 'int32'), labels) as tf.Tensor1D;
    const shifted = tf.sub(logits, tf.max(logits, 1, true));
    const ownShifted = tf.gather(tf.reshape(shifted, [P * V]), own);
    const exponentials = tf.exp(shifted);
    const sums = tf.sum(exponentials, 1);
    save([exponentials, sums, own, ownShifted]);
    return {
      value: tf.sum(tf.mul(tf.sub(tf.log(sums), ownShifted), weights)),
      gradFunc: (dy, saved) => {
        const [exponentials, sums, own, ownShifted] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
        const dWeights = tf.mul(weights, dy);
        const dLogits = tf.mul(exponentials, tf.reshape(tf.div(dWeights, sums), [P, 1]));
        const dOwn = tf.mul(tf.sub(tf.div(tf.exp(ownShifted), sums), 1), dWeights);
        const all = tf.tensorScatterUpdate(tf.reshape(dLogits, [P * V]), tf.reshape(own, [P, 1]), dOwn);
        return tf.reshape(all, [P, V]);
      },
    };
  });
  return op(logits) as tf.Scalar;
}
