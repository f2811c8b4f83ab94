import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { LOSS, WORD_GRADIENT, compileStep, gradientName } from '../../src/server/training/step';
import { createStepper } from '../../src/server/training/stepper';
import { sumRows } from '../../src/server/training/adamw';
import { WORD_EMBEDDINGS } from '../../src/server/model/bert';
import type { BertConfig } from '../../src/server/model/config';
import { batchTensors, compileLogits } from '../../src/server/model/logits';
import { constantParameters, disposeParameters, variableParameters } from '../../src/server/model/parameters';
import {
  type GoldenBatch,
  batchOf,
  goldenJson,
  goldenModel,
  goldenTensors,
  largestDifference,
  testEngine,
} from '../support/model';

/** What transformers 5.23.0 on torch 2.13.0 computed in double precision; `scripts/golden/model.py`. */
interface Case extends GoldenBatch {
  readonly name: string;
  readonly logits: number[][];
  readonly loss: number;
}
const { cases, variants } = goldenJson<{ cases: Case[]; variants: Record<string, { logits?: number[][] }> }>(
  'cases.json',
);

/** Without dropout, as the goldens were computed. */
const still = (config: BertConfig): BertConfig => ({
  ...config,
  hiddenDropout: 0,
  attentionDropout: 0,
  classifierDropout: 0,
});

for (const variables of ['frozen', 'live'] as const) {
  test(`logits of one graph for every batch and length (${variables} weights)`, async () => {
    const { config, weights } = goldenModel();
    const parameters = variables === 'frozen' ? constantParameters(weights) : variableParameters(weights);
    const compiled = await compileLogits(testEngine, config, parameters, variables);
    for (const golden of cases) {
      const { logits } = await compiled.run(batchTensors(batchOf(golden)));
      assert.deepEqual(logits!.shape, [golden.labels.length, 5], golden.name);
      assert.ok(largestDifference(logits!.data, golden.logits.flat()) <= 1e-4, golden.name);
    }
    await compiled.dispose();
    disposeParameters(parameters);
  });
}

for (const name of ['tiny-f16', 'tiny-bf16']) {
  test(`logits of ${name}`, async () => {
    const { config, weights } = goldenModel(name);
    const parameters = constantParameters(weights);
    const compiled = await compileLogits(testEngine, config, parameters, 'frozen');
    const { logits } = await compiled.run(batchTensors(batchOf(cases[0]!)));
    assert.ok(largestDifference(logits!.data, variants[name]!.logits!.flat()) <= 1e-4);
    await compiled.dispose();
    disposeParameters(parameters);
  });
}

test('the loss and every gradient of a padded batch', async () => {
  const { config, weights } = goldenModel();
  const batch = batchOf(cases[1]!);
  const parameters = variableParameters(weights);
  const compiled = await compileStep(testEngine, still(config), parameters, CROSS_ENTROPY, batch.B, batch.T);
  const outputs = await compiled.run({
    ...batchTensors(batch),
    labels: { dtype: 'int32', shape: [batch.B], data: batch.labels },
    weights: { dtype: 'float32', shape: [batch.B], data: batch.weights },
  });
  assert.ok(Math.abs(outputs[LOSS]!.data[0]! - cases[1]!.loss) <= 1e-5);

  const golden = goldenTensors('gradients.safetensors');
  const overall = Math.max(
    ...[...golden.values()].map(({ data }) => largestDifference(data, new Float32Array(data.length))),
  );
  const words = sumRows(batch.ids, outputs[WORD_GRADIENT]!.data as Float32Array, config.hiddenSize);
  const dense = new Float32Array(weights.get(WORD_EMBEDDINGS)!.data.length);
  words.rows.forEach((row, i) =>
    dense.set(words.values.subarray(i * config.hiddenSize, (i + 1) * config.hiddenSize), row * config.hiddenSize),
  );
  for (const name of weights.keys()) {
    const ours = name === WORD_EMBEDDINGS ? dense : outputs[gradientName(name)]!.data;
    const theirs = golden.get(name)!.data;
    // The key projection's bias has a gradient of zero: what is left there is rounding, so tolerance counts against all tensors too.
    const tolerance = 1e-3 * largestDifference(theirs, new Float32Array(theirs.length)) + 1e-6 * overall;
    assert.ok(largestDifference(ours, theirs) <= tolerance, name);
  }
  await compiled.dispose();
  disposeParameters(parameters);
});

test('ten training losses, gradient norms and the weights after them', async () => {
  const golden = goldenJson<{ losses: number[]; norms: number[]; learning_rates: number[]; batches: GoldenBatch[] }>(
    'training.json',
  );
  const { config, weights } = goldenModel();
  const stepper = createStepper(testEngine, still(config), weights, {
    seed: 1,
    loss: CROSS_ENTROPY,
    memoryBudget: 1e9,
  });
  for (const [i, batch] of golden.batches.entries()) {
    const { loss, gradientNorm } = await stepper.step(batchOf(batch), golden.learning_rates[i]!);
    assert.ok(Math.abs(loss - golden.losses[i]!) <= 1e-3, `loss of step ${i}: ${loss}, not ${golden.losses[i]}`);
    assert.ok(
      Math.abs(gradientNorm / golden.norms[i]! - 1) <= 1e-3,
      `norm of step ${i}: ${gradientNorm}, not ${golden.norms[i]}`,
    );
  }
  for (const [name, { data }] of goldenTensors('final.safetensors')) {
    // Adam divides by the gradient's size: where that is rounding alone (the key's bias), weights may differ by a fraction of a step.
    assert.ok(largestDifference(stepper.optimizer.weights.get(name)!.data, data) <= 1e-3, name);
  }
  await stepper.dispose();
});

test('rows that fill a batch up change nothing', async () => {
  const { config, weights } = goldenModel();
  const batch = batchOf(cases[1]!);
  const wide = { ...batch, weights: Float32Array.of(1, 1, 0, 0) };
  const half = batchOf({
    input_ids: cases[1]!.input_ids.slice(0, 2),
    attention_mask: cases[1]!.attention_mask.slice(0, 2),
    token_type_ids: cases[1]!.token_type_ids.slice(0, 2),
    labels: cases[1]!.labels.slice(0, 2),
  });
  const other = goldenModel().weights;
  const first = createStepper(testEngine, still(config), weights, { seed: 1, loss: CROSS_ENTROPY, memoryBudget: 1e9 });
  const second = createStepper(testEngine, still(config), other, { seed: 1, loss: CROSS_ENTROPY, memoryBudget: 1e9 });
  const a = await first.step(wide, 1e-3);
  const b = await second.step(half, 1e-3);
  assert.ok(Math.abs(a.loss - b.loss) < 1e-6);
  assert.ok(Math.abs(a.gradientNorm - b.gradientNorm) < 1e-5);
  await first.dispose();
  await second.dispose();
});
