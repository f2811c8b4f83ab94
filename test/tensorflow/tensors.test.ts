import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Binding } from '../../src/server/engine/tensorflow/binding';
import { createTensorflowEngine } from '../../src/server/engine/tensorflow/engine';
import { findBinding } from '../../src/server/engine/tensorflow/find-binding';

function binding(): Binding {
  const found = findBinding();
  assert.ok('binding' in found, 'npm run engine:tensorflow');
  const module = { exports: {} as Binding };
  process.dlopen(module, found.binding);
  return module.exports;
}

const native = binding();
const engine = createTensorflowEngine(native, { threads: 1, products: 'float32' });
const input = (data: number[]) => ({ dtype: 'float32' as const, shape: [data.length], data: Float32Array.from(data) });

test('a compiled graph leaves no tensor behind when it is disposed of', async () => {
  const before = native.getNumOfTensors();
  const compiled = await engine.compile({
    inputs: { x: { dtype: 'float32', shape: ['n'] } },
    variables: 'frozen',
    fn: ({ x }) => ({ y: tf.sum(tf.mul(x!, x!)), x: x!, twice: tf.add(x!, x!) }),
  });
  for (const data of [[1, 2], [3], [4, 5, 6]]) {
    const { y, x, twice } = await compiled.run({ x: input(data) });
    assert.equal(y!.data[0], data.reduce((sum, value) => sum + value * value, 0)); // prettier-ignore
    assert.deepEqual([...x!.data], data);
    assert.deepEqual([...twice!.data], data.map((value) => 2 * value)); // prettier-ignore
    assert.deepEqual([...twice!.shape], [data.length]);
  }
  await compiled.dispose();
  assert.equal(native.getNumOfTensors(), before);
});

test('a run that fails says why, leaves no tensor behind, and the next one works', async () => {
  const table = tf.tensor2d([[1], [2]]);
  const compiled = await engine.compile({
    inputs: { at: { dtype: 'int32', shape: ['n'] } },
    variables: 'frozen',
    fn: ({ at }) => ({ rows: tf.add(tf.gather(table, at as tf.Tensor1D), 1) }),
  });
  const before = native.getNumOfTensors();
  const run = (at: number) => compiled.run({ at: { dtype: 'int32', shape: [1], data: Int32Array.of(at) } });
  await assert.rejects(async () => run(7), /indices\[0\] = 7 is not in \[0, 2\)/);
  assert.equal(native.getNumOfTensors(), before);
  assert.deepEqual([...(await run(1)).rows!.data], [3]);
  await compiled.dispose();
  table.dispose();
});

test('what is read outside a compiled function is computed by TensorFlow', async () => {
  const x = tf.tensor1d([1, 4, 9]);
  assert.deepEqual([...(await tf.sqrt(x).data())], [1, 2, 3]);
  x.dispose();
});
