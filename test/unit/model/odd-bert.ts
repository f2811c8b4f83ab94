import type { Files } from '../../../src/server/env';
import { RowlightError } from '../../../src/server/errors';
import { type BertConfig, configJson, parseConfig } from '../../../src/server/model/config';
import type { Weights } from '../../../src/server/model/tensor-map';
import { fillFresh } from '../../../src/server/model/weights';

/** `config.json` of a BERT whose sizes all differ, so that no two axes agree by chance. */
export const ODD_JSON = {
  model_type: 'bert',
  architectures: ['BertModel'],
  vocab_size: 17,
  hidden_size: 10,
  num_hidden_layers: 3,
  num_attention_heads: 5,
  intermediate_size: 13,
  hidden_act: 'gelu',
  max_position_embeddings: 11,
  type_vocab_size: 2,
};

/** The same, read. */
export const ODD: BertConfig = parseConfig(JSON.stringify(ODD_JSON));

/** Uniform numbers in [0, 1) from a seed (Park and Miller's generator). */
export function uniform(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** A complete random classifier. */
export function oddWeights(labels: number, seed = 1): Weights {
  return fillFresh(new Map(), ODD, labels, uniform(seed));
}

/** `config.json` of the classifier over `labels`. */
export function oddConfig(labels: readonly string[]): string {
  return JSON.stringify(configJson(ODD, labels));
}

/** Files in memory, by path. */
export function memoryFiles(content: Record<string, string | Uint8Array>): Files {
  const files = new Map(Object.entries(content));
  const inFolder = (path: string) => [...files.keys()].filter((name) => name.startsWith(`${path}/`));
  return {
    read(path) {
      const found = files.get(path);
      if (found === undefined) return Promise.reject(new RowlightError('not-found', `${path}: not found`));
      return Promise.resolve(typeof found === 'string' ? new TextEncoder().encode(found) : found);
    },
    writeAtomic(path, bytes) {
      files.set(path, bytes);
      return Promise.resolve();
    },
    exists: (path) => Promise.resolve(files.has(path) || inFolder(path).length > 0),
    list: (path) =>
      Promise.resolve([...new Set(inFolder(path).map((name) => name.slice(path.length + 1).split('/')[0]!))].sort()),
  };
}

/** Parts as one array. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** For `assert.throws` and `rejects`: an expected failure of this reason whose message, one line, matches. */
export function failure(reason: string, message: RegExp): (error: unknown) => true {
  return (error) => {
    if (!RowlightError.is(error)) throw error;
    if (error.reason !== reason || !message.test(error.message) || error.message.includes('\n')) {
      throw new Error(`wanted ${reason} with ${String(message)}, got ${error.reason}: ${error.message}`);
    }
    return true;
  };
}
