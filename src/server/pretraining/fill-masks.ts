import type * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine } from '../engine/engine';
import { type Parameters, encode, noDropout, wordRows } from '../model/bert';
import type { BertConfig } from '../model/config';
import { maskedWordLogits } from '../model/pretraining-heads';
import { softmax } from '../inference/probabilities';
import type { Tokenizer } from '../tokenizer/encoding';

/** What may stand at one `[MASK]` of a text, the most likely first. */
export type Filling = readonly { readonly token: string; readonly probability: number }[];

/** Compiles what fills masks in for one text of any length: inputs `ids`, `mask`, `typeIds` `[1, length]`, `positions` `[places]`. */
export function compileFilling(engine: Engine, config: BertConfig, parameters: Parameters): Promise<Compiled> {
  return engine.compile({
    inputs: {
      ids: { dtype: 'int32', shape: [1, 'length'] },
      mask: { dtype: 'int32', shape: [1, 'length'] },
      typeIds: { dtype: 'int32', shape: [1, 'length'] },
      positions: { dtype: 'int32', shape: ['places'] },
    },
    variables: 'live',
    maximum: { length: config.maxPositions },
    fn: (tensors) => {
      const words = wordRows(parameters, tensors.ids as tf.Tensor2D);
      const [mask, typeIds] = [tensors.mask as tf.Tensor2D, tensors.typeIds as tf.Tensor2D];
      const layer = encode(config, parameters, words, mask, typeIds, 'all', noDropout);
      return { logits: maskedWordLogits(config, parameters, layer, tensors.positions as tf.Tensor1D) };
    },
  });
}

/** The likeliest tokens for each `[MASK]` of a text, each for itself; none where it has no mask. @param most how many for each */
export async function fillMasks(
  filling: Compiled,
  text: string,
  tokenizer: Tokenizer,
  vocabulary: { readonly maskId: number; readonly tokens: readonly string[] },
  maxLength: number,
  most: number,
): Promise<Filling[]> {
  const { ids, typeIds } = tokenizer.encode(text, undefined, maxLength);
  const positions = Int32Array.from([...ids.keys()].filter((at) => ids[at] === vocabulary.maskId));
  if (positions.length === 0) return [];
  const row = (data: Int32Array) => ({ dtype: 'int32', shape: [1, data.length], data }) as const;
  const { logits } = await filling.run({
    ids: row(ids),
    mask: row(new Int32Array(ids.length).fill(1)),
    typeIds: row(typeIds),
    positions: { dtype: 'int32', shape: [positions.length], data: positions },
  });
  const width = logits!.shape[1]!;
  return Array.from(positions, (_, place) => {
    const probabilities = softmax((logits!.data as Float32Array).subarray(place * width, (place + 1) * width));
    return Array.from(probabilities, (probability, id) => ({ token: vocabulary.tokens[id] ?? '', probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, most);
  });
}
