import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { noise } from './support/noise';

const [ROWS, WIDTH, SEGMENTS, REPEATS] = [16_384, 32, 2048, 200];

/**
 * ONNX Runtime's `ScatterND(add)` is a data race where indices repeat (onnxruntime#18048): the embedding gradient must not be one.
 * 90 % of the rows go to one of eight segments.
 */
test(`the gradient of gathered rows is a sequential sum in each of ${REPEATS} runs on all threads`, async () => {
  const engine = createOnnxEngine({ providers: ['cpu'], threads: availableParallelism(), spinning: true }, 'cpu');
  const table = tf.variable(tf.zeros([SEGMENTS, WIDTH]));
  const compiled = await engine.compile({
    inputs: { rows: { dtype: 'float32', shape: [ROWS, WIDTH] }, ids: { dtype: 'int32', shape: [ROWS] } },
    variables: 'live',
    // tfjs's gradient of a gather is UnsortedSegmentSum, here of the rows as they are.
    fn: ({ rows, ids }) => ({ sums: tf.grad((x) => tf.sum(tf.mul(tf.gather(x, ids as tf.Tensor1D), rows!)))(table) }),
  });
  const rows = noise(ROWS * WIDTH, 1);
  const chance = noise(ROWS, 2);
  const ids = Int32Array.from(noise(ROWS, 3), (v, i) => Math.floor(((v + 1) / 2) * (chance[i]! < 0.8 ? 8 : SEGMENTS)));
  // In the order of the rows, rounded at each step, as the operator adds.
  const expected = new Float32Array(SEGMENTS * WIDTH);
  ids.forEach((id, row) => {
    for (let i = 0; i < WIDTH; i++) expected[id * WIDTH + i]! += rows[row * WIDTH + i]!;
  });
  const inputs = {
    rows: { dtype: 'float32', shape: [ROWS, WIDTH], data: rows },
    ids: { dtype: 'int32', shape: [ROWS], data: ids },
  } as const;
  const bytes = Buffer.from(expected.buffer);
  for (let run = 0; run < REPEATS; run++) {
    const { data } = (await compiled.run(inputs)).sums!;
    assert.ok(bytes.equals(Buffer.from(data.buffer, data.byteOffset, data.byteLength)), `run ${run} differs`);
  }
  await compiled.dispose();
  table.dispose();
});

test('rows of negative segments are dropped', async () => {
  const sums = tf.unsortedSegmentSum(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]), tf.tensor1d([1, -1, 1], 'int32'), 3);
  assert.deepEqual([...(await sums.data())], [0, 0, 6, 8, 0, 0]);
});
