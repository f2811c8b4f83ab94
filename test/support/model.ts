import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { type BertConfig, parseConfig } from '../../src/server/model/config';
import { readSafetensors } from '../../src/server/model/safetensors';
import type { Weights } from '../../src/server/model/tensor-map';
import { adoptWeights } from '../../src/server/model/weights';

/** The folder of the model goldens (`scripts/golden/model.py` writes them). */
export const GOLDEN = join('test', 'golden', 'model');

/** The engine on two threads that do not spin: tests share the machine. */
export const testEngine = createOnnxEngine({ providers: ['cpu'], threads: 2, spinning: false }, 'cpu');

/** A golden model, in memory of its own. */
export function goldenModel(name = 'tiny'): { config: BertConfig; weights: Weights; fresh: readonly string[] } {
  const config = parseConfig(readFileSync(join(GOLDEN, name, 'config.json')));
  const { weights, fresh } = adoptWeights(goldenTensors(join(name, 'model.safetensors')), config);
  return { config, weights, fresh };
}

/** The tensors of a golden file. */
export function goldenTensors(file: string): Weights {
  return readSafetensors(new Uint8Array(readFileSync(join(GOLDEN, file))));
}

/** A golden JSON file. */
export function goldenJson<T>(file: string): T {
  return JSON.parse(readFileSync(join(GOLDEN, file), 'utf8')) as T;
}

/** Inputs as the goldens hold them. */
export interface GoldenBatch {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly token_type_ids: number[][];
  readonly labels: number[];
}

/** A golden batch in the shape the model takes. */
export function batchOf({ input_ids, attention_mask, token_type_ids, labels }: GoldenBatch) {
  const [B, T] = [input_ids.length, input_ids[0]!.length];
  return {
    B,
    T,
    ids: Int32Array.from(input_ids.flat()),
    mask: Int32Array.from(attention_mask.flat()),
    typeIds: Int32Array.from(token_type_ids.flat()),
    labels: Int32Array.from(labels),
    weights: new Float32Array(B).fill(1),
    encodings: input_ids.map((ids, row) => {
      const length = attention_mask[row]!.filter(Boolean).length;
      return {
        ids: Int32Array.from(ids.slice(0, length)),
        typeIds: Int32Array.from(token_type_ids[row]!.slice(0, length)),
      };
    }),
  };
}

/** The largest absolute difference. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    // NaN must not pass for small.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
