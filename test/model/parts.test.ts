import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../src/server/engine/engine';
import { CROSS_ENTROPY, type LossSettings } from '../../src/server/training/losses/loss';
import { createPartialStepper } from '../../src/server/training/partial-stepper';
import { createStepper } from '../../src/server/training/stepper';
import { type GoldenBatch, batchOf, goldenJson, goldenModel, largestDifference, testEngine } from '../support/model';

const { batches } = goldenJson<{ batches: GoldenBatch[] }>('training.json');
const batch = batchOf(batches[3]!); // Seven rows: no number of parts but 1 and 7 divides them.
const weighted: LossSettings = { ...CROSS_ENTROPY, classWeights: [1, 5, 0.2, 3, 1] };

type Make = (parts: number, loss: LossSettings, engine?: Engine, onParts?: (parts: number) => void) => ReturnType<typeof createStepper>; // prettier-ignore
const whole: Make = (parts, loss, engine = testEngine, onParts) => {
  const { config, weights } = goldenModel();
  return createStepper(engine, config, weights, { seed: 3, loss, memoryBudget: 1e9, parts, ...(onParts ? { onParts } : {}) }); // prettier-ignore
};
const upper: Make = (parts, loss) => {
  const { config, weights } = goldenModel();
  return createPartialStepper(testEngine, config, weights, 2, { seed: 3, loss, memoryBudget: 1e9, parts });
};

for (const [name, make] of [
  ['the whole model', whole],
  ['its last layer', upper],
] as const) {
  for (const loss of [CROSS_ENTROPY, weighted, { ...CROSS_ENTROPY, name: 'focal' } as const]) {
    test(`${name}, ${loss.name}${loss.classWeights ? ' with class weights' : ''}: parts add up to the batch, dropout and all`, async () => {
      const once = make(1, loss);
      const one = await once.step(batch, 1e-3);
      for (const parts of [2, 3, 7]) {
        const stepper = make(parts, loss);
        const { loss: sum, gradientNorm } = await stepper.step(batch, 1e-3);
        assert.ok(Math.abs(sum - one.loss) <= 1e-5, `${sum}, not ${one.loss}`);
        assert.ok(Math.abs(gradientNorm / one.gradientNorm - 1) <= 1e-4);
        for (const [weight, gradient] of once.optimizer.gradients) {
          const largest = largestDifference(gradient, new Float32Array(gradient.length));
          const off = largestDifference(stepper.optimizer.gradients.get(weight)!, gradient);
          assert.ok(off <= 1e-4 * largest + 1e-6 * one.gradientNorm, `${weight} in ${parts} parts: ${off}`);
        }
        await stepper.dispose();
      }
      await once.dispose();
    });
  }
}

test('rows that fill a batch up have no part in it, and parts of nothing else are left out', async () => {
  const few = { ...batch, weights: Float32Array.of(1, 1, 1, 0, 0, 0, 0), encodings: batch.encodings.slice(0, 3) };
  const [once, split] = [whole(1, CROSS_ENTROPY), whole(3, CROSS_ENTROPY)];
  const [one, sum] = [await once.step(few, 1e-3), await split.step(few, 1e-3)];
  assert.ok(Math.abs(one.loss - sum.loss) <= 1e-5);
  assert.ok(Math.abs(one.gradientNorm / sum.gradientNorm - 1) <= 1e-4);
  await once.dispose();
  await split.dispose();
});

/** The real engine, on a device with room for so many rows: what ONNX Runtime throws above them is this. */
function smallDevice(rows: number): Engine {
  return {
    ...testEngine,
    async compile(spec) {
      const compiled = await testEngine.compile(spec);
      return {
        ...compiled,
        run: (inputs, outputs) =>
          inputs.ids!.shape[0]! > rows
            ? Promise.reject(new Error('Failed to allocate memory for requested buffer of size 4294967296'))
            : compiled.run(inputs, outputs),
      };
    },
  };
}

test('out of memory: the batch goes in smaller parts, the step is the same, and training goes on so', async () => {
  const told: number[] = [];
  const [roomy, small] = [
    whole(1, CROSS_ENTROPY),
    whole(1, CROSS_ENTROPY, smallDevice(2), (parts) => told.push(parts)),
  ];
  for (let step = 0; step < 3; step++) {
    const [one, sum] = [await roomy.step(batch, 1e-3), await small.step(batch, 1e-3)];
    assert.ok(Math.abs(one.loss - sum.loss) <= 1e-4, `step ${step}: ${sum.loss}, not ${one.loss}`);
  }
  assert.deepEqual(told, [2, 4]);
  await roomy.dispose();
  await small.dispose();
});

test('out of memory for a single row, or for a loss that does not add up, is an error', async () => {
  const tiny = whole(1, CROSS_ENTROPY, smallDevice(0));
  await assert.rejects(tiny.step(batch, 1e-3), /allocate/);
  const quotient = whole(1, { ...CROSS_ENTROPY, name: 'soft-f1' }, smallDevice(2));
  await assert.rejects(quotient.step(batch, 1e-3), /allocate/);
  await tiny.dispose();
  await quotient.dispose();
});
