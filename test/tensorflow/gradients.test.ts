/** The engine on libtensorflow beside the one on ONNX Runtime: two libraries that know nothing of each other run the same records. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../src/server/engine/engine';
import type { ProductType } from '../../src/server/engine/tensorflow/graph';
import { loadTensorflowEngine } from '../../src/server/engine/tensorflow/load';
import { compileLogits } from '../../src/server/model/logits';
import { disposeParameters, variableParameters } from '../../src/server/model/parameters';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { createStepperFor } from '../../src/server/training/stepper-for';
import type { Stepper } from '../../src/server/training/stepper';
import type { TrainScope } from '../../src/server/training/scope';
import { type GoldenBatch, batchOf, goldenJson, goldenModel, testEngine } from '../support/model';
import { batchTensors } from '../../src/server/model/logits';

const { batches } = goldenJson<{ batches: GoldenBatch[] }>('training.json');

function tensorflow(products: ProductType): Engine {
  const made = loadTensorflowEngine(2, products);
  assert.ok(!('problem' in made), `npm run engine:tensorflow: ${'problem' in made ? made.problem : ''}`);
  return made;
}

/** Every moment after some steps: sums of gradients and of their squares, so that a wrong gradient shows in any of them. */
async function momentsAfter(engine: Engine, steps: number, scope: TrainScope = 'full') {
  const { config, weights } = goldenModel();
  const settings = { seed: 5, loss: CROSS_ENTROPY, memoryBudget: 1e12 };
  const stepper: Stepper = createStepperFor(engine, { ...config, hiddenDropout: 0.1, attentionDropout: 0.1 }, weights, scope, settings); // prettier-ignore
  const told: { loss: number; gradientNorm: number }[] = [];
  for (let step = 0; step < steps; step++) {
    told.push(await stepper.step(batchOf(batches[step % batches.length]!), 1e-3));
  }
  const first = new Map([...stepper.optimizer.moments].map(([name, moments]) => [name, moments.first.slice()]));
  const after = new Map([...stepper.optimizer.weights].map(([name, { data }]) => [name, data.slice()]));
  await stepper.dispose();
  return { told, first, after };
}

/** Largest difference of two tensors, relative to the largest value; the floor is there for gradients that are zero in mathematics. */
function difference(
  found: ReadonlyMap<string, Float32Array>,
  wanted: ReadonlyMap<string, Float32Array>,
): { name: string; relative: number }[] {
  const largest = (data: Float32Array) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const floor = Math.max(...[...wanted.values()].map(largest)) * 1e-3;
  return [...wanted].map(([name, data]) => {
    const other = found.get(name)!;
    const most = data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - other[i]!)), 0);
    return { name, relative: most / Math.max(largest(data), floor) };
  });
}

test('gradients in float32 are those of the onnx engine within 1e-4', async () => {
  const ours = await momentsAfter(tensorflow('float32'), 1);
  const wanted = await momentsAfter(testEngine, 1);
  for (const { name, relative } of difference(ours.first, wanted.first))
    assert.ok(relative <= 1e-4, `${name}: ${relative}`);
  assert.ok(Math.abs(ours.told[0]!.loss / wanted.told[0]!.loss - 1) <= 1e-5);
});

/**
 * A factor in bfloat16 has 8 bits of significand, so every product is off by up to 2⁻⁸ of its terms, in both passes. The bound is on the gradient as a
 * whole: single tensors may be zero in mathematics (the bias of keys) and hold nothing but rounding.
 */
const BFLOAT16_BOUND = 0.03;

test(`the gradient with products in bfloat16 is that of the onnx engine within ${BFLOAT16_BOUND} of its length`, async () => {
  const ours = await momentsAfter(tensorflow('bfloat16'), 1);
  const wanted = await momentsAfter(testEngine, 1);
  let [apart, length] = [0, 0];
  for (const [name, gradient] of wanted.first) {
    const other = ours.first.get(name)!;
    gradient.forEach((value, i) => (apart += (value - other[i]!) ** 2));
    gradient.forEach((value) => (length += value ** 2));
  }
  assert.ok(apart > 0, 'products in bfloat16 are rounded');
  const relative = Math.sqrt(apart / length);
  assert.ok(relative <= BFLOAT16_BOUND, `${relative}`);

  assert.ok(Math.abs(ours.told[0]!.loss / wanted.told[0]!.loss - 1) <= BFLOAT16_BOUND);
});

for (const scope of ['full', 'last-1', 'head'] as const) {
  test(`five steps of the scope ${scope}: losses, norms and weights are those of the onnx engine`, async () => {
    const ours = await momentsAfter(tensorflow('float32'), 5, scope);
    const wanted = await momentsAfter(testEngine, 5, scope);
    ours.told.forEach(({ loss, gradientNorm }, i) => {
      assert.ok(Math.abs(loss / wanted.told[i]!.loss - 1) <= 1e-4, `loss of step ${i}`);
      assert.ok(Math.abs(gradientNorm / wanted.told[i]!.gradientNorm - 1) <= 1e-3, `norm of step ${i}`);
    });
    assert.deepEqual([...ours.after.keys()], [...wanted.after.keys()]);
  });
}

test('predictions are those of the onnx engine, for any batch and length', async () => {
  const { config, weights } = goldenModel();
  const logits = async (engine: Engine) => {
    const parameters = variableParameters(weights);
    const compiled = await compileLogits(engine, config, parameters, 'frozen');
    const found = [];
    for (const batch of batches) found.push((await compiled.run(batchTensors(batchOf(batch)))).logits!);
    await compiled.dispose();
    disposeParameters(parameters);
    return found;
  };
  const wanted = await logits(testEngine);
  for (const [i, { shape, data }] of (await logits(tensorflow('float32'))).entries()) {
    assert.deepEqual([...shape], [...wanted[i]!.shape]);
    data.forEach((value, at) => assert.ok(Math.abs(value - wanted[i]!.data[at]!) <= 1e-4));
  }
});

test('the same step twice gives the same numbers to the bit', async () => {
  const engine = tensorflow('bfloat16');
  assert.deepEqual(await momentsAfter(engine, 3), await momentsAfter(engine, 3));
});
