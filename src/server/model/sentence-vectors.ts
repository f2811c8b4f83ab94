import * as tf from '@tensorflow/tfjs-core';
import type { Compiled, Engine } from '../engine/engine';
import { type Parameters, embeddings, firstRows, noDropout, transformerLayers, wordRows } from './bert';
import type { BertConfig } from './config';
import { largestOfTokens, maskedRows, meanOfTokens } from './heads/masked';
import { type Pooling, type PoolingStrategy, hiddenStates } from './pooling';
import { compileOnTexts } from './text-graph';

/**
 * Compiles what a model makes of texts. Inputs `ids`, `mask`, `typeIds` `[batch, length]`; output `vectors`: `[batch, W]`, or, of the strategies
 * `none` and `sep`, the rows of all tokens, padding's too, `[batch · length, W]` ({@link givesRows}). W as `vectorWidth` tells.
 */
export function compileSentenceVectors(
  engine: Engine,
  config: BertConfig,
  parameters: Parameters,
  pooling: Pooling,
): Promise<Compiled> {
  const states = hiddenStates(config, pooling);
  return compileOnTexts(engine, config, 'frozen', ({ ids, mask, typeIds }) => {
    // Of the last layer alone the first rows are much less work.
    const first = pooling.strategy === 'cls' && states.every((state) => state === config.layers);
    const wanted = new Map<number, tf.Tensor2D>();
    let x = embeddings(config, parameters, wordRows(parameters, ids), typeIds, noDropout);
    for (let at = 0; ;) {
      if (states.includes(at)) wanted.set(at, x);
      const next = Math.min(...states.filter((state) => state > at));
      if (next === Infinity) break;
      x = transformerLayers(config, parameters, x, mask, [at, next], first ? 'first' : 'all', noDropout);
      at = next;
    }
    const layers = states.map((state) => (first ? [x] : pool(pooling.strategy, wanted.get(state)!, mask)));
    // Pooling goes number by number, so that layers may be joined after it; the means of all layers stand before their maxima.
    const parts = layers[0]!.flatMap((_, kind) => layers.map((kinds) => kinds[kind]!));
    return { vectors: parts.length === 1 ? parts[0]! : tf.concat(parts, 1) };
  });
}

/** Whether the graph of a strategy gives a row for each token instead of one for each text. */
export function givesRows(strategy: PoolingStrategy): boolean {
  return strategy === 'none' || strategy === 'sep';
}

/** What a strategy makes of one layer `[R, H]`: one `[B, H]`, of `mean-max` two, or the rows as they are. */
function pool(strategy: PoolingStrategy, layer: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D[] {
  const text = () => maskedRows(layer, mask);
  switch (strategy) {
    case 'none':
    case 'sep':
      return [layer];
    case 'cls':
      return [firstRows(layer, mask.shape[0])];
    case 'mean':
      return [meanOfTokens(text())];
    case 'max':
      return [largestOfTokens(text())];
    case 'mean-max': {
      const rows = text();
      return [meanOfTokens(rows), largestOfTokens(rows)];
    }
  }
}
