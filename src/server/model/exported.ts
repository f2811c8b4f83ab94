import * as tf from '@tensorflow/tfjs-core';
import type { GraphSpec, InputSpec } from '../engine/engine';
import { type Parameters, noDropout, wordRows } from './bert';
import { classify } from './classifier';
import type { BertConfig } from './config';

/** What the three inputs of a classifier are called elsewhere. */
export interface InputNames {
  readonly ids: string;
  readonly mask: string;
  readonly typeIds: string;
}

/** As Hugging Face's exports to ONNX have them. */
export const HUGGING_FACE_INPUTS: InputNames = {
  ids: 'input_ids',
  mask: 'attention_mask',
  typeIds: 'token_type_ids',
};

/** As google/bert's `run_classifier.py` has them. */
export const GOOGLE_INPUTS: InputNames = { ids: 'input_ids', mask: 'input_mask', typeIds: 'segment_ids' };

/**
 * A classifier for other runtimes: any batch and length. Outputs `logits` `[batch, labels]` and `probabilities`, which are what Rowlight shows:
 * the softmax of the logits divided by the temperature, or the sigmoid for a model of several labels.
 */
export function exportedClassifier(
  config: BertConfig,
  parameters: Parameters,
  temperature: number,
  names: InputNames,
): Pick<GraphSpec, 'inputs' | 'fn' | 'maximum'> {
  const input: InputSpec = { dtype: 'int32', shape: ['batch', 'length'] };
  return {
    inputs: { [names.ids]: input, [names.mask]: input, [names.typeIds]: input },
    maximum: { length: config.maxPositions },
    fn: (inputs) => {
      const [ids, mask, typeIds] = [names.ids, names.mask, names.typeIds].map((name) => inputs[name] as tf.Tensor2D);
      const words = wordRows(parameters, ids!);
      const logits = classify(config, parameters, words, { mask: mask!, typeIds: typeIds! }, noDropout);
      const tempered = temperature === 1 ? logits : tf.div(logits, temperature);
      return { logits, probabilities: config.multiLabel ? tf.sigmoid(tempered) : tf.softmax(tempered) };
    },
  };
}
