import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/server/engine/engine';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { createStepper } from '../../src/server/training/stepper';
import { type GoldenBatch, batchOf, goldenJson, goldenModel, testEngine } from '../support/model';

const { batches } = goldenJson<{ batches: GoldenBatch[] }>('training.json');

/** Counts sessions that live. */
function countingEngine(): { engine: Engine; alive: () => number; most: () => number } {
  let [alive, most] = [0, 0];
  const engine: Engine = {
    ...testEngine,
    async compile(spec) {
      const compiled = await testEngine.compile(spec);
      most = Math.max(most, ++alive);
      return { run: compiled.run, dispose: async () => (alive--, compiled.dispose()) };
    },
  };
  return { engine, alive: () => alive, most: () => most };
}

async function trained(memoryBudget: number) {
  const { engine, alive, most } = countingEngine();
  const { config, weights } = goldenModel();
  const before = tf.memory().numTensors;
  const stepper = createStepper(engine, config, weights, { seed: 5, loss: CROSS_ENTROPY, memoryBudget });
  for (const batch of batches) await stepper.step(batchOf(batch), 1e-3);
  await stepper.dispose();
  assert.equal(alive(), 0, 'every session is freed');
  assert.equal(tf.memory().numTensors, before, 'every tensor is freed');
  return { weights: stepper.optimizer.weights, most: most() };
}

test('sessions above the memory budget are freed, and nothing else changes', async () => {
  const shapes = new Set(batches.map(({ input_ids }) => `${input_ids.length}×${input_ids[0]!.length}`)).size;
  const roomy = await trained(1e12);
  const tight = await trained(0);
  assert.equal(roomy.most, shapes);
  assert.equal(tight.most, 1);
  assert.deepEqual(tight.weights, roomy.weights);
});

test('a stepper takes the weights over, so that a large model is not held twice', async () => {
  const { config, weights } = goldenModel();
  const stepper = createStepper(testEngine, config, weights, { seed: 5, loss: CROSS_ENTROPY, memoryBudget: 0 });
  assert.equal(weights.size, 0);
  assert.deepEqual(stepper.optimizer.weights, goldenModel().weights);
  await stepper.dispose();
});
