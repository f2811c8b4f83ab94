import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Axis, GraphSpec, HostTensor } from '../../src/server/engine/engine';
import { largestDifference, testEngine } from '../support/model';
import { noise } from './support/noise';

const MAXIMUM_LENGTH = 24;

/** A function that uses the sizes of its inputs in every way a model does: half an attention layer with a position table. Sizes are products. */
function spec(batch: Axis, length: Axis, projection: tf.Tensor2D, positions: tf.Tensor2D): GraphSpec {
  return {
    inputs: {
      x: { dtype: 'float32', shape: [batch, length, 4] },
      mask: { dtype: 'int32', shape: [batch, length] },
    },
    variables: 'frozen',
    maximum: { length: MAXIMUM_LENGTH },
    fn: ({ x, mask }) => {
      const [B, T] = mask!.shape as [number, number];
      const rows = tf.matMul(tf.reshape(x!, [B * T, 4]), projection);
      const placed = tf.add(tf.reshape(rows, [B, T, 6]), tf.slice(positions, [0, 0], [T, 6]));
      const heads = tf.transpose(tf.reshape(placed, [B, T, 2, 3]), [0, 2, 1, 3]);
      const hidden = tf.mul(tf.sub(1, tf.reshape(tf.cast(mask!, 'float32'), [B, 1, 1, T])), -1e4);
      const attention = tf.softmax(tf.add(tf.matMul(heads, heads, false, true), hidden));
      const context = tf.reshape(tf.transpose(tf.matMul(attention, heads), [0, 2, 1, 3]), [B, T, 6]);
      return {
        context,
        first: tf.reshape(tf.slice(context, [0, 0, 0], [B, 1, 6]), [B, 6]),
        spread: tf.broadcastTo(tf.mean(context, 1, true), [B, T, 6]),
        ones: tf.fill([T, B], 1),
        joined: tf.concat([placed, context], 1),
      };
    },
  };
}

test('one graph with named axes computes what a graph of every single shape computes', async () => {
  const projection = tf.tensor2d(noise(24, 1), [4, 6]);
  const positions = tf.tensor2d(noise(MAXIMUM_LENGTH * 6, 2), [MAXIMUM_LENGTH, 6]);
  const symbolic = await testEngine.compile(spec('batch', 'length', projection, positions));
  const sizes = [fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: MAXIMUM_LENGTH }), fc.nat()] as const;
  await fc.assert(
    fc.asyncProperty(...sizes, async (B, T, seed) => {
      const fixed = await testEngine.compile(spec(B, T, projection, positions));
      const inputs: Record<string, HostTensor> = {
        x: { dtype: 'float32', shape: [B, T, 4], data: noise(B * T * 4, seed) },
        mask: { dtype: 'int32', shape: [B, T], data: Int32Array.from(noise(B * T, seed + 1), (v) => (v > 0 ? 1 : 0)) },
      };
      const [one, other] = [await symbolic.run(inputs), await fixed.run(inputs)];
      await fixed.dispose();
      for (const [name, expected] of Object.entries(other)) {
        assert.deepEqual(one[name]!.shape, expected.shape, name);
        assert.ok(largestDifference(one[name]!.data, expected.data) <= 1e-5, name);
      }
    }),
    {
      numRuns: 40,
      examples: [
        [1, 1, 0],
        [1, MAXIMUM_LENGTH, 1],
      ],
    },
  );
  await symbolic.dispose();
  tf.dispose([projection, positions]);
});

test('a constant of the size of a named axis is refused: it would have the size of the trace', async () => {
  const inputs = { x: { dtype: 'float32', shape: ['batch', 3] } } as const;
  const fn: GraphSpec['fn'] = ({ x }) => ({ y: tf.add(x!, tf.ones([x!.shape[0]!, 3])) });
  await assert.rejects(testEngine.compile({ inputs, variables: 'frozen', fn }), /size of a named axis/);
});
