import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { HostTensor, InputSpec } from '../../src/server/engine/engine';
import { dropout, gelu, layerNorm, sumOfSquares } from '../../src/server/model/composites';
import { largestDifference, testEngine } from '../support/model';
import { noise } from './support/noise';

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;
const EPSILON = 1e-12;

/** Each composite beside the same function of tfjs's own operations, whose gradients tfjs knows. */
const composites: Record<string, { ours: Op; composed: Op; inputs: HostTensor[]; masks?: HostTensor[] }> = {
  layerNorm: {
    ours: (x, scale, bias) => layerNorm(x as tf.Tensor2D, scale as tf.Tensor1D, bias as tf.Tensor1D, EPSILON),
    composed: (x, scale, bias) => {
      const { mean, variance } = tf.moments(x!, -1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, EPSILON))), scale!), bias!);
    },
    inputs: [float([3, 7], 1), float([7], 2), float([7], 3)],
  },
  gelu: {
    ours: (x) => gelu(x!),
    composed: (x) => tf.mul(x!, tf.mul(tf.add(tf.erf(tf.div(x!, Math.SQRT2)), 1), 0.5)),
    inputs: [float([4, 5], 4, 3)],
  },
  dropout: {
    ours: (x, mask) => dropout(x!, mask!, 0.75),
    composed: (x, mask) => tf.div(tf.mul(x!, tf.cast(mask!, 'float32')), 0.75),
    inputs: [float([2, 6], 5)],
    masks: [{ dtype: 'uint8', shape: [2, 6], data: Uint8Array.of(1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 0) }],
  },
};

for (const [name, { ours, composed, inputs, masks = [] }] of Object.entries(composites)) {
  test(`${name}: value and gradients`, async () => {
    const all = [...inputs, ...masks];
    const outgoing = float(inputs[0]!.shape, 9);
    const names = all.map((_, i) => `input${i}`);
    const specs = [...all, outgoing].map(({ dtype, shape }): InputSpec => ({ dtype, shape }));
    const compiled = await testEngine.compile({
      inputs: Object.fromEntries([...names, 'outgoing'].map((key, i) => [key, specs[i]!])),
      variables: 'frozen',
      fn: (given) => {
        const tensors = names.map((key) => given[key]!);
        const outputs: Record<string, tf.Tensor> = {};
        for (const [kind, op] of Object.entries({ ours, composed })) {
          const loss: Op = (...x) => tf.sum(tf.mul(op(...x, ...tensors.slice(inputs.length)), given.outgoing!));
          const { value, grads } = tf.valueAndGrads(loss as never)(tensors.slice(0, inputs.length));
          outputs[`${kind}:loss`] = value;
          outputs[`${kind}:value`] = op(...tensors);
          grads.forEach((gradient, i) => (outputs[`${kind}:gradient${i}`] = gradient));
        }
        return outputs;
      },
    });
    const feeds = { ...Object.fromEntries(names.map((key, i) => [key, all[i]!])), outgoing };
    const results = await compiled.run(feeds);
    assert.ok(largestDifference(results['ours:value']!.data, results['composed:value']!.data) <= 1e-5, 'value');

    for (const [i, input] of inputs.entries()) {
      const gradient = results[`ours:gradient${i}`]!.data;
      assert.ok(largestDifference(gradient, results[`composed:gradient${i}`]!.data) <= 1e-4, `composed, input ${i}`);
      const numeric = Float32Array.from({ length: input.data.length }, () => 0);
      const step = 1e-2;
      for (let at = 0; at < numeric.length; at++) {
        const lossAt = async (shift: number) => {
          const data = Float32Array.from(input.data, (v, j) => (j === at ? v + shift : v));
          return (await compiled.run({ ...feeds, [names[i]!]: { ...input, data } }))['ours:loss']!.data[0]!;
        };
        numeric[at] = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
      }
      assert.ok(
        largestDifference(gradient, numeric) <= 2e-3,
        `central differences, input ${i}: ${gradient} ${numeric}`,
      );
    }
    await compiled.dispose();
  });
}

test('sumOfSquares', async () => {
  const sum = await sumOfSquares(tf.tensor2d([1, -2, 3, 0.5], [2, 2])).data();
  assert.deepEqual([...sum], [14.25]);
  assert.deepEqual([...(await sumOfSquares(tf.scalar(-3)).data())], [9]);
});

function float(shape: readonly number[], seed: number, scale = 1): HostTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'float32', shape, data: noise(length, seed).map((v) => v * scale) };
}
