import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readAdapters } from '../../src/server/model/adapter-folder';
import { compileLogits, batchTensors } from '../../src/server/model/logits';
import { freshAdapters, isTrainedByLora, mergeAdapters } from '../../src/server/model/lora';
import { disposeParameters, variableParameters } from '../../src/server/model/parameters';
import type { Weights } from '../../src/server/model/tensor-map';
import type { BertConfig } from '../../src/server/model/config';
import { nodeFiles } from '../../src/server/node-files';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { createRandom } from '../../src/server/training/random';
import { createStepper } from '../../src/server/training/stepper';
import { type GoldenBatch, batchOf, goldenJson, goldenModel, goldenTensors, largestDifference, testEngine } from '../support/model'; // prettier-ignore

const FOLDER = join('test', 'golden', 'lora');
const batch = batchOf(goldenJson<{ cases: GoldenBatch[] }>('cases.json').cases[1]!);
const expected = goldenJson<{ logits: number[][]; merged: number[][]; loss: number }>('../lora/expected.json');
const settings = { seed: 1, loss: CROSS_ENTROPY, memoryBudget: 1e9 };

/** The tiny model with PEFT's adapters beside it. */
async function adapted() {
  const { config, weights } = goldenModel();
  const still = { ...config, hiddenDropout: 0, attentionDropout: 0, classifierDropout: 0 };
  const adapters = await readAdapters(nodeFiles, join(FOLDER, 'adapter'), still);
  const all: Weights = new Map([...weights, ...adapters.weights]);
  return { config: { ...still, lora: adapters.lora }, plain: still, weights: all, base: weights };
}

async function logitsOf(config: BertConfig, weights: Weights): Promise<Float32Array> {
  const parameters = variableParameters(weights);
  const compiled = await compileLogits(testEngine, config, parameters, 'frozen');
  const { logits } = await compiled.run(batchTensors(batch));
  await compiled.dispose();
  disposeParameters(parameters);
  return logits!.data as Float32Array;
}

test("PEFT's adapters answer as in PEFT, beside the weights and merged into them", async () => {
  const { config, plain, weights } = await adapted();
  assert.deepEqual(config.lora, { rank: 4, alpha: 6, dropout: 0, targets: ['query', 'key', 'value', 'attention-output', 'intermediate', 'output'] }); // prettier-ignore
  assert.ok(largestDifference(await logitsOf(config, weights), expected.logits.flat()) <= 1e-4);
  const merged = mergeAdapters(weights, plain, config.lora);
  assert.ok(largestDifference(await logitsOf(plain, merged), expected.merged.flat()) <= 1e-4);
});

test("every gradient of adapters, head and classifier is PEFT's, and nothing else is trained", async () => {
  const { config, weights, base } = await adapted();
  const before = new Map([...base].map(([name, { data }]) => [name, data.slice()]));
  const stepper = createStepper(testEngine, config, weights, settings, isTrainedByLora);
  const { loss } = await stepper.step(batch, 1e-3);
  assert.ok(Math.abs(loss - expected.loss) <= 1e-5);
  const golden = goldenTensors('../lora/gradients.safetensors');
  assert.equal(golden.size, stepper.optimizer.gradients.size);
  const overall = Math.max(...[...golden.values()].map(({ data }) => largestDifference(data, new Float32Array(data.length)))); // prettier-ignore
  for (const [name, gradient] of stepper.optimizer.gradients) {
    const theirs = golden.get(`base_model.model.${name}`)!.data;
    const tolerance = 1e-3 * largestDifference(theirs, new Float32Array(theirs.length)) + 1e-6 * overall;
    assert.ok(largestDifference(gradient, theirs) <= tolerance, name);
  }
  for (const [name, { data }] of stepper.weights) {
    if (!isTrainedByLora(name)) assert.deepEqual(data, before.get(name), `${name} was not to be trained`);
  }
  await stepper.dispose();
});

test('new adapters change nothing, and dropout of what they read does once they have learned something', async () => {
  const { plain, base } = await adapted();
  const lora = { rank: 2, alpha: 4, dropout: 0.5, targets: ['value', 'output'] as const };
  const random = createRandom(5, 0);
  const fresh: Weights = new Map([...base, ...freshAdapters(plain, lora, () => random.float())]);
  const config = { ...plain, lora };
  assert.ok(largestDifference(await logitsOf(config, fresh), await logitsOf(plain, base)) <= 1e-6);
  const losses = async (dropout: number) => {
    const weights: Weights = new Map(
      [...fresh].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
    );
    const stepper = createStepper(testEngine, { ...plain, lora: { ...lora, dropout } }, weights, settings, isTrainedByLora); // prettier-ignore
    const seen = [];
    for (let step = 0; step < 3; step++) seen.push((await stepper.step(batch, 1e-2)).loss);
    await stepper.dispose();
    return seen;
  };
  const [dropped, whole] = [await losses(0.5), await losses(0)];
  assert.equal(dropped[0], whole[0]);
  assert.notEqual(dropped[2], whole[2]);
  assert.ok(whole[2]! < whole[0]!);
});
