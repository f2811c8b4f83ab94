import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEADS, type HeadName } from '../../src/server/model/config';
import { batchTensors, compileLogits, padBatch } from '../../src/server/model/logits';
import { constantParameters, disposeParameters } from '../../src/server/model/parameters';
import type { Weight } from '../../src/server/model/tensor-map';
import { expectedShapes, fillFresh, isHeadWeight } from '../../src/server/model/weights';
import { createRandom } from '../../src/server/training/random';
import { goldenModel, largestDifference, testEngine } from '../support/model';

const LABELS = 3;

/** The tiny encoder with a fresh head. Heads of small random weights would hide what they do: these are larger. */
function modelWith(head: HeadName) {
  const golden = goldenModel('tiny-encoder');
  const config = { ...golden.config, head, initializerRange: 0.5 };
  const encoder = new Map<string, Weight>([...golden.weights].filter(([name]) => !isHeadWeight(name)));
  const random = createRandom(3, 1);
  return { config, weights: fillFresh(encoder, config, LABELS, () => random.float()) };
}

const texts = [[2, 7, 9, 3], [2, 5, 3], [2, 11, 12, 13, 14, 15, 3]].map((ids) => ({ ids: Int32Array.from(ids), typeIds: new Int32Array(ids.length) })); // prettier-ignore

for (const head of HEADS) {
  test(`head ${head}: neither padding nor the other texts of a batch change what a text gets`, async () => {
    const { config, weights } = modelWith(head);
    const parameters = constantParameters(weights);
    const compiled = await compileLogits(testEngine, config, parameters, 'frozen');
    const logitsOf = async (rows: typeof texts, length: number): Promise<number[]> => {
      const { logits } = await compiled.run(batchTensors(padBatch(rows, length, config.padTokenId)));
      assert.deepEqual(logits!.shape, [rows.length, LABELS]);
      return [...(logits!.data as Float32Array)];
    };
    const together = await logitsOf(texts, 12);
    for (const [row, text] of texts.entries()) {
      const alone = await logitsOf([text], text.ids.length);
      const difference = largestDifference(Float32Array.from(alone), together.slice(row * LABELS, (row + 1) * LABELS));
      assert.ok(difference < 1e-5, `text ${row}: ${difference}`);
    }
    // Three different texts have different logits: the head is not blind.
    const first = Float32Array.from(together.slice(0, LABELS));
    assert.ok(largestDifference(first, together.slice(LABELS, 2 * LABELS)) > 1e-3);
    await compiled.dispose();
    disposeParameters(parameters);
  });

  test(`head ${head}: the weights of its own are told from the encoder's`, () => {
    const { config } = modelWith(head);
    const names = [...expectedShapes(config, LABELS).keys()].filter(isHeadWeight);
    assert.ok(names.includes('classifier.weight'));
    assert.equal(names.includes('bert.pooler.dense.weight'), head === 'cls');
    assert.equal(names.includes('head.attention.query.weight'), head === 'pooled');
  });
}
