/** Pre-training against `BertForPreTraining` of transformers: `scripts/golden/pretraining.py`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { headShapes, headWeights } from '../../src/server/model/pretraining-heads';
import { WORD_EMBEDDINGS } from '../../src/server/model/bert';
import { parseConfig } from '../../src/server/model/config';
import { readSafetensors } from '../../src/server/model/safetensors';
import type { Weights } from '../../src/server/model/tensor-map';
import { adoptWeights } from '../../src/server/model/weights';
import { type Masked, type PretrainingBatch, makePretrainingBatch } from '../../src/server/pretraining/batch';
import type { MaskSettings } from '../../src/server/pretraining/settings';
import { createPretrainingStepper } from '../../src/server/pretraining/stepper';
import { type GoldenBatch, largestDifference, testEngine } from '../support/model';

type Batch = Omit<GoldenBatch, 'labels'> & { readonly labels: number[][]; readonly next_sentence_label: number[] };

const GOLDEN = join('test', 'golden', 'pretraining');
const golden = JSON.parse(readFileSync(join(GOLDEN, 'training.json'), 'utf8')) as Record<
  'masked_losses' | 'pair_losses' | 'norms' | 'learning_rates',
  number[]
> & { batches: Batch[] };

/** Room for every token. */
const MASKS: MaskSettings = { unit: 'token', share: 1, most: 512 };

function tensors(file: string): Weights {
  return readSafetensors(new Uint8Array(readFileSync(join(GOLDEN, file))));
}

/** The model without dropout, as the goldens have it. */
function model() {
  const config = parseConfig(readFileSync(join(GOLDEN, 'tiny', 'config.json')));
  const still = { ...config, hiddenDropout: 0, attentionDropout: 0 };
  const raw = tensors(join('tiny', 'model.safetensors'));
  const encoder = [...adoptWeights(raw, still).weights].filter(([name]) => !name.startsWith('classifier.'));
  const heads = headWeights(raw, still, true, () => assert.fail('a head is missing'));
  return { config: still, weights: new Map([...encoder, ...heads]) };
}

function sequencesOf({ input_ids, attention_mask, token_type_ids, labels, next_sentence_label }: Batch): Masked[] {
  return input_ids.map((ids, row) => {
    const length = attention_mask[row]!.filter(Boolean).length;
    const positions = labels[row]!.flatMap((label, at) => (label === -100 ? [] : [at]));
    return {
      ids: Int32Array.from(ids.slice(0, length)),
      typeIds: Int32Array.from(token_type_ids[row]!.slice(0, length)),
      positions,
      labels: positions.map((at) => labels[row]![at]!),
      pairLabel: next_sentence_label[row]!,
      words: 0,
      whole: 0,
    };
  });
}

/** A golden batch in parts of so many rows. */
function partsOf(batch: Batch, rows: number): PretrainingBatch[] {
  const sequences = sequencesOf(batch);
  const predictions = sequences.reduce((sum, { positions }) => sum + positions.length, 0);
  const parts: PretrainingBatch[] = [];
  for (let at = 0; at < sequences.length; at += rows) {
    const part = sequences.slice(at, at + rows);
    const sums = { predictions, pairs: sequences.length };
    parts.push(makePretrainingBatch(part, batch.input_ids[0]!.length, 0, MASKS, sums, true));
  }
  return parts;
}

function stepperOf() {
  const { config, weights } = model();
  return createPretrainingStepper(testEngine, config, weights, { seed: 1, pairs: true, memoryBudget: 1e9 });
}

test('gradients are those of torch, that of the word table as both embedding and output layer', async () => {
  const stepper = stepperOf();
  await stepper.step(partsOf(golden.batches[0]!, 5), 0);
  const expected = tensors('gradients.safetensors');
  const largest = Math.max(
    ...[...expected.values()].map(({ data }) => data.reduce((m, v) => Math.max(m, Math.abs(v)), 0)),
  );
  assert.deepEqual([...stepper.optimizer.gradients.keys()].sort(), [...expected.keys()].sort());
  for (const [name, gradient] of stepper.optimizer.gradients) {
    const right = expected.get(name)!.data;
    const most = right.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    assert.ok(largestDifference(gradient, right) <= 1e-3 * most + 1e-6 * largest, name);
  }
  await stepper.dispose();
});

for (const [rows, how] of [
  [5, 'at once'],
  [2, 'in parts whose gradients add up'],
] as const) {
  test(`losses, norms and weights of six steps are those of torch, ${how}`, async () => {
    const stepper = stepperOf();
    for (const [step, batch] of golden.batches.entries()) {
      const { masked, pair, gradientNorm } = await stepper.step(partsOf(batch, rows), golden.learning_rates[step]!);
      assert.ok(Math.abs(masked - golden.masked_losses[step]!) < 1e-4, `masked loss of step ${step}: ${masked}`);
      assert.ok(Math.abs(pair! - golden.pair_losses[step]!) < 1e-4, `pair loss of step ${step}: ${pair}`);
      assert.ok(Math.abs(gradientNorm / golden.norms[step]! - 1) < 1e-3, `norm of step ${step}: ${gradientNorm}`);
    }
    for (const [name, { data }] of tensors('final.safetensors'))
      assert.ok(largestDifference(stepper.optimizer.weights.get(name)!.data, data) < 2e-4, name);
    await stepper.dispose();
  });
}

test('judging gives the same losses without dropout, and says which predictions are right', async () => {
  const before = tf.memory().numTensors;
  const stepper = stepperOf();
  const [batch] = partsOf(golden.batches[0]!, 5);
  const { masked, pair, correct } = await stepper.judge(batch!);
  assert.ok(Math.abs(masked - golden.masked_losses[0]!) < 1e-4);
  assert.ok(Math.abs(pair! - golden.pair_losses[0]!) < 1e-4);
  assert.equal(correct.length, batch!.P);
  assert.ok(correct.every((value) => value === 0 || value === 1));
  // Learning the batch by heart: in the end all of its predictions are right.
  for (let step = 0; step < 150; step++) await stepper.step([batch!], 5e-3);
  const learnt = (await stepper.judge(batch!)).correct;
  const weights = batch!.inputs.weights!.data as Float32Array;
  assert.ok(weights.every((weight, i) => weight === 0 || learnt[i] === 1));
  await stepper.dispose();
  assert.equal(tf.memory().numTensors, before, 'every tensor is freed');
});

test('heads that a model lacks are made anew, those that it has are kept', () => {
  const { config } = model();
  const raw = tensors(join('tiny', 'model.safetensors'));
  raw.delete('cls.seq_relationship.weight');
  const heads = headWeights(raw, config, true, () => 0.25);
  assert.deepEqual([...heads.keys()], [...headShapes(config, true).keys()]);
  assert.equal(heads.get('cls.predictions.bias')!.data, raw.get('cls.predictions.bias')!.data);
  assert.ok(heads.get('cls.seq_relationship.weight')!.data.some((value) => value !== 0));
  assert.equal(heads.has(WORD_EMBEDDINGS), false);
});

test('tokens that stand further on read the positions there: as a model whose table of positions is moved', async () => {
  const POSITIONS = 'bert.embeddings.position_embeddings.weight';
  const batch = golden.batches[0]!;
  const T = batch.input_ids[0]!.length;
  const sequences = sequencesOf(batch);
  const predictions = sequences.reduce((sum, { positions }) => sum + positions.length, 0);
  const at = (first?: number) =>
    makePretrainingBatch(sequences, T, 0, MASKS, { predictions, pairs: sequences.length }, true, first);
  const first = 3;
  const { config, weights } = model();
  const stepper = createPretrainingStepper(testEngine, config, weights, { seed: 1, pairs: true, memoryBudget: 1e9 });
  const moved = model();
  const table = moved.weights.get(POSITIONS)!.data;
  const H = config.hiddenSize;
  assert.ok(first + T <= config.maxPositions);
  table.copyWithin(0, first * H);
  const other = createPretrainingStepper(testEngine, config, moved.weights, {
    seed: 1,
    pairs: true,
    memoryBudget: 1e9,
  });
  const [here, there] = [await stepper.step([at(first)], 0), await other.step([at()], 0)];
  assert.ok(Math.abs(here.masked - there.masked) < 1e-5 && Math.abs(here.pair! - there.pair!) < 1e-5);
  const gradient = stepper.optimizer.gradients.get(POSITIONS)!;
  const expected = other.optimizer.gradients.get(POSITIONS)!;
  assert.ok(largestDifference(gradient.subarray(first * H, (first + T) * H), expected.subarray(0, T * H)) < 1e-5);
  assert.ok(gradient.subarray(0, first * H).every((value) => value === 0));
  assert.ok(gradient.some((value) => value !== 0));
  await stepper.dispose();
  await other.dispose();
});
