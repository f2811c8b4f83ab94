import type * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine, GraphSpec, InputSpec, Precision } from '../engine/engine';
import type { BertConfig } from './config';

/** Encoded texts as a graph reads them: `[B, T]` each. */
export interface TextTensors {
  readonly ids: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
  readonly typeIds: tf.Tensor2D;
}

const TEXT: InputSpec = { dtype: 'int32', shape: ['batch', 'length'] };

/** The inputs of a graph that reads encoded texts of any number and length. */
export const TEXT_INPUTS: Readonly<Record<string, InputSpec>> = { ids: TEXT, mask: TEXT, typeIds: TEXT };

/** Compiles a function of encoded texts for any batch and length: inputs `ids`, `mask`, `typeIds` `[batch, length]`, the outputs those of `fn`. */
export function compileOnTexts(
  engine: Engine,
  config: BertConfig,
  variables: GraphSpec['variables'],
  fn: (texts: TextTensors) => Record<string, tf.Tensor>,
  precision: Precision = 'float32',
): Promise<Compiled> {
  return engine.compile({
    inputs: TEXT_INPUTS,
    variables,
    precision,
    maximum: { length: config.maxPositions },
    fn: ({ ids, mask, typeIds }) => fn({ ids, mask, typeIds } as TextTensors),
  });
}
