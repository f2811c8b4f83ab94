import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEncoder, normalise } from '../../src/server/inference/encoder';
import { batchTensors, padBatch } from '../../src/server/model/logits';
import { compileFeatures } from '../../src/server/model/partial';
import { constantParameters, disposeParameters } from '../../src/server/model/parameters';
import {
  POOLING_STRATEGIES,
  type PoolingStrategy,
  SERVICE_NAMES,
  TEXT_FEATURES,
  hiddenStates,
  parseStrategy,
  vectorWidth,
} from '../../src/server/model/pooling';
import { loadEncoder } from '../../src/server/runs/load-classifier';
import {
  type GoldenBatch,
  GOLDEN,
  batchOf,
  goldenJson,
  goldenModel,
  largestDifference,
  testEngine,
} from '../support/model';

const { cases } = goldenJson<{ cases: GoldenBatch[] }>('cases.json');
const { config, weights } = goldenModel('tiny-encoder');
const { hiddenSize: H, layers: L } = config;

/** What a strategy makes of a text's rows `[T, W]`, written out number by number. */
function pooled(strategy: PoolingStrategy, rows: readonly (readonly number[])[]): number[] {
  const column = (h: number) => rows.map((row) => row[h]!);
  const columns = Array.from({ length: rows[0]!.length }, (_, h) => column(h));
  const mean = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const max = columns.map((values) => Math.max(...values));
  const of: Record<PoolingStrategy, () => number[]> = {
    none: () => rows.flat(),
    cls: () => [...rows[0]!],
    sep: () => [...rows.at(-1)!],
    mean: () => mean,
    max: () => max,
    'mean-max': () => [...mean, ...max],
  };
  return of[strategy]();
}

test('every strategy over one layer and over several, whatever a text is padded to', async () => {
  const parameters = constantParameters(weights);
  const hidden = await Promise.all(
    // All rows of a layer, by the graph that training caches.
    Array.from({ length: L + 1 }, (_, from) =>
      compileFeatures(testEngine, { ...config, head: 'pooled' }, parameters, from),
    ),
  );
  const batches = cases.map(batchOf);
  const { tokenizer } = await loadEncoder(`${GOLDEN}/tiny-encoder`);
  for (const strategy of POOLING_STRATEGIES) {
    for (const layers of [[-1], [0], ['embeddings', -1], [-1, -2, 0]] as const) {
      const pooling = { strategy, layers };
      // The goldens' ids in the place of a tokenizer's.
      const flat = batches.flatMap(({ encodings }) => encodings);
      const asGiven = {
        ...tokenizer,
        padId: config.padTokenId,
        encode: (text: string) => ({ ...tokenizer.encode('', undefined, 2), ...flat[Number(text)]!, truncated: false }),
      };
      const model = { config, weights, tokenizer: asGiven, maxLength: config.maxPositions };
      const encoder = await createEncoder(testEngine, model, pooling);
      assert.equal(encoder.width, vectorWidth(config, pooling));
      const together = await encoder.encode(flat.map((_, i) => ({ text: String(i) })));
      for (const [i, { ids, typeIds }] of flat.entries()) {
        const T = ids.length;
        const states: Float32Array[] = [];
        for (const at of hiddenStates(config, pooling)) {
          const run = await hidden[at]!.run(batchTensors(padBatch([{ ids, typeIds }], T, config.padTokenId)));
          states.push(run.features!.data as Float32Array);
        }
        const rows = Array.from({ length: T }, (_, t) =>
          states.flatMap((values) => [...values.subarray(t * H, (t + 1) * H)]),
        );
        assert.ok(
          largestDifference(together[i]!.vector, pooled(strategy, rows)) < 1e-5,
          `${strategy} ${layers.join()} ${i}`,
        );
        assert.equal(together[i]!.tokens, T);
        const [alone] = await encoder.encode([{ text: String(i) }]);
        assert.ok(largestDifference(together[i]!.vector, alone!.vector) < 1e-5, 'padding changes nothing');
      }
      await encoder.dispose();
    }
  }
  for (const graph of hidden) await graph.dispose();
  disposeParameters(parameters);
});

test('layers and strategies as bert-as-service names them', () => {
  assert.deepEqual(hiddenStates(config, TEXT_FEATURES), [0, L]);
  assert.deepEqual(hiddenStates(config, { strategy: 'mean', layers: [0, -L, L - 1, -1] }), [1, 1, L, L]);
  for (const layer of [L, -L - 1])
    assert.throws(() => hiddenStates(config, { strategy: 'mean', layers: [layer] }), { reason: 'bad-argument' });
  for (const strategy of POOLING_STRATEGIES) assert.equal(parseStrategy(SERVICE_NAMES[strategy]), strategy);
  assert.equal(parseStrategy('FIRST_TOKEN'), 'cls');
  assert.equal(parseStrategy('LAST_TOKEN'), 'sep');
  assert.equal(parseStrategy('median'), undefined);
});

test('normalised vectors are 1 long, each row by itself, and zeros stay zeros', () => {
  assert.deepEqual(
    [...normalise(Float32Array.of(3, 4, 0, 0, 0, 2), 2)].map((value) => Number(value.toFixed(6))),
    [0.6, 0.8, 0, 0, 0, 1],
  );
});
