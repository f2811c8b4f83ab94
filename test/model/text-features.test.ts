import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchTensors, padBatch } from '../../src/server/model/logits';
import { compileFeatures } from '../../src/server/model/partial';
import { constantParameters, disposeParameters } from '../../src/server/model/parameters';
import { compileTextFeatures, featureWidth } from '../../src/server/model/text-features';
import { type GoldenBatch, batchOf, goldenJson, goldenModel, largestDifference, testEngine } from '../support/model';

const { cases } = goldenJson<{ cases: GoldenBatch[] }>('cases.json');

test('the features of a text are the means of its embeddings and of its last layer, whatever it is padded to', async () => {
  const { config, weights } = goldenModel('tiny-encoder');
  const { hiddenSize: H, layers } = config;
  const parameters = constantParameters(weights);
  const compiled = await compileTextFeatures(testEngine, config, parameters);
  // All rows of a layer, by the graph that training caches.
  const layer = (from: number) => compileFeatures(testEngine, { ...config, head: 'pooled' }, parameters, from);
  const [first, last] = [await layer(0), await layer(layers)];
  for (const golden of cases) {
    const batch = batchOf(golden);
    const features = (await compiled.run(batchTensors(batch))).features!;
    assert.deepEqual(features.shape, [batch.B, featureWidth(config)]);
    const all = [first, last].map(async (graph) => (await graph.run(batchTensors(batch))).features!.data);
    const [embedded, top] = (await Promise.all(all)) as [Float32Array, Float32Array];
    for (const [row, { ids, typeIds }] of batch.encodings.entries()) {
      const mean = (values: Float32Array, h: number): number => {
        let sum = 0;
        for (let token = 0; token < ids.length; token++) sum += values[(row * batch.T + token) * H + h]!;
        return sum / ids.length;
      };
      const expected = [embedded, top].flatMap((values) => Array.from({ length: H }, (_, h) => mean(values, h)));
      const own = features.data.subarray(row * 2 * H, (row + 1) * 2 * H);
      assert.ok(largestDifference(own, expected) < 1e-5);
      const alone = await compiled.run(batchTensors(padBatch([{ ids, typeIds }], ids.length, config.padTokenId)));
      assert.ok(largestDifference(own, alone.features!.data) < 1e-5, 'padding changes nothing');
    }
  }
  for (const graph of [compiled, first, last]) await graph.dispose();
  disposeParameters(parameters);
});
