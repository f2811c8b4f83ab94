import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { HostTensor } from '../../src/server/engine/engine';
import { testEngine } from '../support/model';

const constant = tf.tensor1d([5, 6]);
const variable = tf.variable(tf.tensor1d([7, 8]));
const x = (...values: number[]): HostTensor => ({ dtype: 'float32', shape: [2], data: Float32Array.from(values) });

/** Every kind of result: computed, the same one again, an input, a constant, a variable, and an intermediate of another result. */
const compiled = testEngine.compile({
  inputs: { x: { dtype: 'float32', shape: [2] }, unused: { dtype: 'int32', shape: [1] } },
  variables: 'live',
  fn: (given) => {
    const double = tf.mul(given.x!, 2);
    return { double, again: double, clone: double.clone(), input: given.x!, constant, variable, sum: tf.sum(double) };
  },
});
const unused: HostTensor = { dtype: 'int32', shape: [1], data: Int32Array.of(0) };
const names = ['again', 'clone', 'constant', 'double', 'input', 'sum', 'variable'];

after(async () => (await compiled).dispose());

test('a result may be another result, an input, a constant or a variable', async () => {
  const results = await (await compiled).run({ x: x(1, 2), unused });
  assert.deepEqual(Object.keys(results).sort(), names);
  const values = Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...data]]));
  const double = [2, 4];
  assert.deepEqual(values, {
    double,
    again: double,
    clone: double,
    input: [1, 2],
    constant: [5, 6],
    variable: [7, 8],
    sum: [6],
  });
  assert.deepEqual(results.sum!.shape, []);
  assert.deepEqual(results.double!.shape, [2]);
});

test('results are written into the memory that is given', async () => {
  const graph = await compiled;
  const buffers = Object.fromEntries(names.map((name) => [name, name === 'sum' ? { ...x(0), shape: [] } : x(0, 0)]));
  for (const value of [1, 10, 100]) {
    const results = await graph.run({ x: x(value, 2), unused }, buffers);
    for (const name of names) assert.equal(results[name], buffers[name], name);
    assert.deepEqual([...buffers.double!.data], [2 * value, 4]);
    assert.deepEqual([...buffers.again!.data], [2 * value, 4]);
    assert.deepEqual([...buffers.input!.data], [value, 2]);
    assert.deepEqual([...buffers.constant!.data], [5, 6]);
    assert.deepEqual([...buffers.sum!.data], [2 * value + 4]);
  }
});

test('results without a buffer get memory of their own at each run', async () => {
  const graph = await compiled;
  const into = { double: x(0, 0) };
  const first = await graph.run({ x: x(1, 1), unused }, into);
  const second = await graph.run({ x: x(3, 3), unused }, into);
  assert.equal(first.double, second.double);
  assert.deepEqual([...first.double!.data], [6, 6]);
  assert.deepEqual([...first.again!.data], [2, 2]);
  assert.deepEqual([...second.again!.data], [6, 6]);
});

test('a missing input and a buffer of the wrong size are refused', async () => {
  const graph = await compiled;
  await assert.rejects(graph.run({ x: x(1, 2) }), /needs the input unused/);
  await assert.rejects(
    graph.run({ x: x(1, 2), unused }, { double: { dtype: 'float32', shape: [3], data: new Float32Array(3) } }),
  );
});
