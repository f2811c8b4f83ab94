import { RowlightError } from '../errors';
import type { Prediction } from '../inference/prediction';
import { TEXT_FEATURES } from '../model/pooling';
import type { HostClient } from './client';
import { TextCache } from './text-cache';

/** Predictions by (model, text). */
export type Predictions = TextCache<Prediction>;

/** Features of texts by (base model, text). */
export type TextFeatures = TextCache<Float32Array>;

const MEBIBYTE = 2 ** 20;

/** Predictions of the host, and of the server for the models that it answers for; some hundred thousand of them kept. */
export function createPredictions(
  host: Pick<HostClient, 'predict'>,
  remote: Pick<HostClient, 'predict'> = { predict: noServer },
): Predictions {
  return new TextCache({
    ask: (model, inputs, options) => (model.server === undefined ? host : remote).predict(model, inputs, options),
    bytesOf: ({ probabilities }) => 8 * probabilities.length,
    budget: 64 * MEBIBYTE,
  });
}

function noServer(): Promise<void> {
  return Promise.reject(new RowlightError('busy', 'No server is named.'));
}

/** Features of the host: those of some ten thousand texts by zh-mini are kept, of some thousands by a BERT-base. */
export function createTextFeatures(host: Pick<HostClient, 'encode'>): TextFeatures {
  return new TextCache({
    ask: (model, inputs, { onValues, ...options }) =>
      host.encode(model, TEXT_FEATURES, inputs, {
        ...options,
        onValues: (indices, vectors) =>
          onValues(
            indices,
            vectors.map(({ vector }) => vector),
          ),
      }),
    bytesOf: ({ byteLength }) => byteLength,
    budget: 32 * MEBIBYTE,
  });
}
