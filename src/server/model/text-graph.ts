import type * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine, GraphSpec, InputSpec, Precision } from '../engine/engine';
import type { BertConfig } from './config';

/** Encoded texts as a graph reads them: `[B, T]` each. */
export interface TextTensors {
  readonly ids: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
  readonly typeIds: tf.Tensor2D;
}

/** Compiles a function of encoded texts for any batch and length: inputs `ids`, `mask`, `typeIds` `[batch, length]`, the outputs those of `fn`. */
export function compileOnTexts(
  engine: Engine,
  config: BertConfig,
  variables: GraphSpec['variables'],
  fn: (texts: TextTensors) => Record<string, tf.Tensor>,
  precision: Precision = 'float32',
): Promise<Compiled> {
  const input: InputSpec = { dtype: 'int32', shape: ['batch', 'length'] };
  return engine.compile({
    inputs: { ids: input, mask: input, typeIds: input },
    variables,
    precision,
    maximum: { length: config.maxPositions },
    fn: ({ ids, mask, typeIds }) => fn({ ids, mask, typeIds } as TextTensors),
  });
}
