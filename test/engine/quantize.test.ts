/** Dense layers in 8-bit integers: the products are those of the integers, whatever the processor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { GraphSpec } from '../../src/server/engine/engine';
import { testEngine } from '../support/model';

const [ROWS, INPUTS, OUTPUTS] = [3, 40, 64];

/** Numbers that look random: −1 to 1. */
const numbers = (count: number, step: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * step + 1));

/** x·Wᵀ + b of a graph that asks for a precision, and of a second layer too narrow to be worth it. */
async function run(precision: NonNullable<GraphSpec['precision']>, x: Float32Array, w: Float32Array, b: Float32Array) {
  const weight = tf.tensor(w, [OUTPUTS, INPUTS]);
  const narrow = tf.tensor(w.subarray(0, 2 * INPUTS), [2, INPUTS]);
  const bias = tf.tensor(b, [OUTPUTS]);
  const compiled = await testEngine.compile({
    inputs: { x: { dtype: 'float32', shape: ['batch', INPUTS] } },
    variables: 'frozen',
    precision,
    fn: ({ x }) => ({
      wide: tf.fused.matMul({ a: x as tf.Tensor2D, b: weight as tf.Tensor2D, transposeB: true, bias }),
      narrow: tf.matMul(x as tf.Tensor2D, narrow as tf.Tensor2D, false, true),
    }),
  });
  const { wide, narrow: few } = await compiled.run({ x: { dtype: 'float32', shape: [ROWS, INPUTS], data: x } });
  await compiled.dispose();
  return { wide: wide!.data, narrow: few!.data };
}

/** What int8 comes to, by the definition: activations 0 to 255 with a zero point, weights −63 to 63 with a scale a row. */
function byHand(x: Float32Array, w: Float32Array, b: Float32Array): number[] {
  const [low, high] = [Math.min(0, ...x), Math.max(0, ...x)];
  const scale = Math.fround(Math.fround(high - low) / 255);
  const even = (value: number) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));
  const zero = even(Math.max(0, Math.min(255, Math.fround(0 - low) / scale)));
  const integers = Array.from(x, (value) => Math.max(0, Math.min(255, even(Math.fround(value / scale)) + zero)) - zero);
  const result: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (let out = 0; out < OUTPUTS; out++) {
      const weights = w.subarray(out * INPUTS, (out + 1) * INPUTS);
      const step = Math.fround(Math.max(...weights.map(Math.abs)) / 63) || 1;
      let sum = 0;
      for (let i = 0; i < INPUTS; i++) sum += integers[row * INPUTS + i]! * Math.round(weights[i]! / step);
      result.push(sum * scale * step + b[out]!);
    }
  }
  return result;
}

test('an int8 layer multiplies the integers that its definition says; narrow layers stay float32', async () => {
  const x = numbers(ROWS * INPUTS, 0.37);
  const w = numbers(OUTPUTS * INPUTS, 0.11);
  w.fill(0, 0, INPUTS);
  const b = numbers(OUTPUTS, 0.7);
  const exact = await run('float32', x, w, b);
  const int8 = await run('int8', x, w, b);
  assert.deepEqual(int8.narrow, exact.narrow);
  byHand(x, w, b).forEach((value, i) => assert.ok(Math.abs(value - int8.wide[i]!) < 1e-4, `${i}`));
  assert.notDeepEqual(int8.wide, exact.wide);
});

test('the largest activations and weights do not saturate', async () => {
  const x = new Float32Array(ROWS * INPUTS).fill(1);
  const w = new Float32Array(OUTPUTS * INPUTS).fill(1);
  const { wide } = await run('int8', x, w, new Float32Array(OUTPUTS));
  for (const value of wide) assert.ok(Math.abs(value - INPUTS) < 1e-3, `${value}`);
});
