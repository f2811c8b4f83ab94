import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession } from 'onnxruntime-node';
import { OnnxBackend } from '../../src/server/engine/onnx/backend';
import { constant, record } from '../../src/server/engine/onnx/value';
import { testEngine } from '../support/model';

const vector = { dtype: 'float32', shape: [3] } as const;

test('compiling and running leave no tensor behind, and a released session runs no more', async () => {
  const weight = tf.variable(tf.tensor1d([1, 2, 3]));
  const before = [tf.memory().numTensors, tf.memory().numDataBuffers];
  for (const variables of ['frozen', 'live'] as const) {
    const compiled = await testEngine.compile({
      inputs: { x: vector },
      variables,
      fn: ({ x }) => {
        const loss = (w: tf.Tensor) => tf.sum(tf.square(tf.mul(w, x!)));
        const { value, grad } = tf.valueAndGrad(loss)(weight);
        return { value, grad };
      },
    });
    const run = () => compiled.run({ x: { ...vector, data: Float32Array.of(1, 1, 2) } });
    assert.deepEqual([...(await run()).grad!.data], [2, 4, 24]);
    assert.deepEqual([tf.memory().numTensors, tf.memory().numDataBuffers], before);
    await compiled.dispose();
    await assert.rejects(run);
  }
  weight.dispose();
});

test('live variables are read at each run, frozen ones when the graph is compiled', async () => {
  const memory = Float32Array.of(1, 2, 3);
  const weight = tf.variable(tf.tensor1d(memory));
  const spec = { inputs: { x: vector }, fn: ({ x }: Record<string, tf.Tensor>) => ({ y: tf.mul(weight, x!) }) };
  const live = await testEngine.compile({ ...spec, variables: 'live' });
  const frozen = await testEngine.compile({ ...spec, variables: 'frozen' });
  memory.set([10, 20, 30]);
  const x = { ...vector, data: Float32Array.of(1, 1, 2) };
  assert.deepEqual([...(await live.run({ x })).y!.data], [10, 20, 60]);
  assert.deepEqual([...(await frozen.run({ x })).y!.data], [1, 2, 6]);
  await live.dispose();
  await frozen.dispose();
  weight.dispose();
});

test('outside a compiled function a value is computed when it is read, once', async () => {
  const computed: string[] = [];
  const backend = new OnnxBackend(async (value) => {
    computed.push(value.source.kind === 'operation' ? value.source.operation.type : value.source.kind);
    return Float32Array.of(7);
  });
  const one = constant('float32', [1], Float32Array.of(1));
  const sum = record('Add', [one, one], { type: 'float32', shape: [1] });
  const { dataId } = backend.tensor(sum);
  assert.throws(() => backend.readSync(dataId), /synchronously/);
  assert.deepEqual(computed, []);
  assert.deepEqual(await backend.read(dataId), Float32Array.of(7));
  assert.deepEqual(await backend.read(dataId), Float32Array.of(7));
  assert.deepEqual(backend.readSync(dataId), Float32Array.of(7));
  // What depends on it starts from the number.
  const double = record('Mul', [sum, sum], { type: 'float32', shape: [1] });
  await backend.read(backend.tensor(double).dataId);
  assert.deepEqual(computed, ['Add', 'Mul']);
  assert.equal(sum.source.kind, 'constant');
});

test('two reads of a tensor, before and after each other', async () => {
  const x = tf.tensor1d([1, 4, 9]);
  const root = tf.sqrt(x);
  const both = await Promise.all([root.data(), root.data()]);
  assert.deepEqual([...both[0]], [1, 2, 3]);
  assert.deepEqual([...both[1]], [1, 2, 3]);
  assert.deepEqual([...(await tf.add(root, root).data())], [2, 4, 6]);
  tf.dispose([x, root]);
});

test('what a value was computed from may be disposed before it is read', async () => {
  const x = tf.tensor1d([1, 2]);
  const clone = x.clone();
  const double = tf.mul(x, 2);
  x.dispose();
  assert.deepEqual([...(await double.data())], [2, 4]);
  assert.deepEqual([...(await clone.data())], [1, 2]);
  clone.dispose();
  await assert.rejects(async () => clone.data(), /disposed/);
  assert.throws(() => tf.add(x, 1), /disposed/);
  double.dispose();
});

test('tensors of types that the backend does not have are refused', () => {
  assert.throws(() => tf.tensor(['a']), /no string tensors/);
  assert.throws(() => tf.fill([2], 'a'), /no string tensors/);
});

test('every session that a read makes is released, also after a failure', async (t) => {
  const made: InferenceSession[] = [];
  let released = 0;
  const create = InferenceSession.create.bind(InferenceSession);
  t.mock.method(InferenceSession, 'create', async (...args: Parameters<typeof create>) => {
    const session = await create(...args);
    const release = session.release.bind(session);
    t.mock.method(session, 'release', () => (released++, release()));
    made.push(session);
    return session;
  });
  const table = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  assert.deepEqual([...(await tf.gather(table, tf.tensor1d([1], 'int32')).data())], [3, 4]);
  await assert.rejects(tf.gather(table, tf.tensor1d([7], 'int32')).data(), /out of data bounds/);
  assert.equal(made.length, 2);
  assert.equal(released, 2);
});
