import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { CROSS_ENTROPY, type LossSettings, lossOf } from '../../src/server/training/losses/loss';
import { testEngine } from '../support/model';

/*
 * Losses as their papers and torch write them, in double precision and plain loops; the gradient of the graph is compared with finite
 * differences of these.
 */

interface Batch {
  readonly logits: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly weights: readonly number[];
}

const softmax = (logits: readonly number[]): number[] => {
  const largest = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};

/** Of several labels a row, as `BCEWithLogitsLoss(pos_weight=…)` and soft F1 over each label's own probability. */
function expectedOfSets(settings: LossSettings, sets: NonNullable<LossSettings['sets']>, batch: Batch): number {
  const size = batch.logits[0]!.length;
  const rows = batch.logits.map((logits, row) => ({
    p: logits.map((logit) => 1 / (1 + Math.exp(-logit))),
    y: logits.map((_, id) => Number(sets[batch.labels[row]!]!.includes(id))),
    weight: batch.weights[row]!,
  }));
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + row.weight * of(row), 0);
  const ids = Array.from({ length: size }, (_, id) => id);
  if (settings.name === 'soft-f1') {
    const scores = ids.map(
      (id) => (2 * sum(({ p, y }) => p[id]! * y[id]!)) / (sum(({ p, y }) => p[id]! + y[id]!) + 1e-7),
    );
    return (
      1 - (settings.positive === undefined ? scores.reduce((a, b) => a + b, 0) / size : scores[settings.positive]!)
    );
  }
  const share = settings.labelSmoothing;
  const each = ({ p, y }: (typeof rows)[number], id: number) => {
    const target = y[id]! * (1 - share) + share / 2;
    const weight = settings.classWeights?.[id] ?? 1;
    return -(weight * target * Math.log(p[id]!) + (1 - target) * Math.log(1 - p[id]!));
  };
  return sum((row) => ids.reduce((all, id) => all + each(row, id), 0)) / (size * sum(() => 1));
}

function expected(settings: LossSettings, { logits, labels, weights }: Batch): number {
  if (settings.sets !== undefined) return expectedOfSets(settings, settings.sets, { logits, labels, weights });
  const size = logits[0]!.length;
  const classWeights = settings.classWeights ?? Array.from({ length: size }, () => 1);
  const rows = labels.map((label, row) => ({ label, p: softmax(logits[row]!), weight: weights[row]! }));
  const total = rows.reduce((sum, { label, weight }) => sum + weight * classWeights[label]!, 0);
  switch (settings.name) {
    case 'cross-entropy': {
      const { labelSmoothing: share } = settings;
      const each = rows.map(({ label, p, weight }) => {
        const hard = -classWeights[label]! * Math.log(p[label]!);
        const soft = p.reduce((sum, value, id) => sum - classWeights[id]! * Math.log(value), 0);
        return weight * ((1 - share) * hard + (share / size) * soft);
      });
      return each.reduce((a, b) => a + b, 0) / total;
    }
    case 'focal': {
      const each = rows.map(({ label, p, weight }) => {
        const q = p[label]!;
        return weight * classWeights[label]! * Math.max(1 - q, 1e-7) ** settings.focalGamma * -Math.log(q);
      });
      return each.reduce((a, b) => a + b, 0) / total;
    }
    case 'soft-f1': {
      const scores = classWeights.map((_, id) => {
        const met = rows.reduce((sum, { label, p, weight }) => sum + (label === id ? weight * p[id]! : 0), 0);
        const sums = rows.reduce((sum, { label, p, weight }) => sum + weight * ((label === id ? 1 : 0) + p[id]!), 0);
        return (2 * met) / (sums + 1e-7);
      });
      if (settings.positive !== undefined) return 1 - scores[settings.positive]!;
      return 1 - scores.reduce((a, b) => a + b, 0) / size;
    }
  }
}

async function computed(settings: LossSettings, { logits, labels, weights }: Batch) {
  const [B, size] = [logits.length, logits[0]!.length];
  const compiled = await testEngine.compile({
    inputs: {
      logits: { dtype: 'float32', shape: [B, size] },
      labels: { dtype: 'int32', shape: [B] },
      weights: { dtype: 'float32', shape: [B] },
    },
    variables: 'live',
    fn: (given) => {
      const { value, grads } = tf.engine().gradients(
        () =>
          lossOf(settings, {
            logits: given.logits as tf.Tensor2D,
            labels: given.labels as tf.Tensor1D,
            weights: given.weights as tf.Tensor1D,
          }),
        [given.logits!],
      );
      return { loss: value, gradient: grads[0]! };
    },
  });
  const outputs = await compiled.run({
    logits: { dtype: 'float32', shape: [B, size], data: Float32Array.from(logits.flat()) },
    labels: { dtype: 'int32', shape: [B], data: Int32Array.from(labels) },
    weights: { dtype: 'float32', shape: [B], data: Float32Array.from(weights) },
  });
  await compiled.dispose();
  return { loss: outputs.loss!.data[0]!, gradient: [...outputs.gradient!.data] };
}

const batches = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), size: fc.integer({ min: 2, max: 5 }) })
  .chain(({ rows, size }) =>
    fc.record({
      logits: fc.array(fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: size, maxLength: size }), {
        minLength: rows,
        maxLength: rows,
      }),
      labels: fc.array(fc.nat(size - 1), { minLength: rows, maxLength: rows }),
      // The last row of the batch may be one that only fills it up.
      weights: fc.boolean().map((filled) => Array.from({ length: rows }, (_, row) => (row > 0 && row === rows - 1 && filled ? 0 : 1))), // prettier-ignore
      classWeights: fc.array(fc.double({ min: 0.2, max: 4, noNaN: true }), { minLength: size, maxLength: size }),
      positive: fc.nat(size - 1),
    }),
  );

/** As many sets as labels: the empty one, and pairs. */
const setsOf = ({ classWeights }: { classWeights: number[] }) =>
  classWeights.map((_, id) => (id === 0 ? [] : [id, (id + 1) % classWeights.length]));

const variants: [string, (given: { classWeights: number[]; positive: number }) => LossSettings][] = [
  ['cross-entropy', () => CROSS_ENTROPY],
  ['weighted cross-entropy', ({ classWeights }) => ({ ...CROSS_ENTROPY, classWeights })],
  ['smoothed cross-entropy', () => ({ ...CROSS_ENTROPY, labelSmoothing: 0.1 })],
  ['smoothed and weighted', ({ classWeights }) => ({ ...CROSS_ENTROPY, labelSmoothing: 0.2, classWeights })],
  ['focal', ({ classWeights }) => ({ ...CROSS_ENTROPY, name: 'focal', classWeights })],
  ['soft F1', ({ positive }) => ({ ...CROSS_ENTROPY, name: 'soft-f1', positive })],
  ['soft macro F1', () => ({ ...CROSS_ENTROPY, name: 'soft-f1' })],
  ['binary cross-entropy of sets', (given) => ({ ...CROSS_ENTROPY, sets: setsOf(given) })],
  ['the same, weighted and smoothed', (given) => ({ ...CROSS_ENTROPY, sets: setsOf(given), classWeights: given.classWeights, labelSmoothing: 0.1 })], // prettier-ignore
  ['soft macro F1 of sets', (given) => ({ ...CROSS_ENTROPY, name: 'soft-f1', sets: setsOf(given) })],
  ['soft F1 of one label of sets', (given) => ({ ...CROSS_ENTROPY, name: 'soft-f1', sets: setsOf(given), positive: given.positive })], // prettier-ignore
];

for (const [name, settingsOf] of variants) {
  test(`${name}: value and gradient in any batch`, async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (given) => {
        const settings = settingsOf(given);
        const { loss, gradient } = await computed(settings, given);
        assert.ok(Math.abs(loss - expected(settings, given)) < 1e-4, `loss ${loss}`);
        const step = 1e-5;
        given.logits.forEach((row, i) =>
          row.forEach((_, j) => {
            const moved = (by: number): Batch => ({
              ...given,
              logits: given.logits.map((values, r) => values.map((v, c) => (r === i && c === j ? v + by : v))),
            });
            const slope = (expected(settings, moved(step)) - expected(settings, moved(-step))) / (2 * step);
            const own = gradient[i * row.length + j]!;
            assert.ok(Math.abs(own - slope) < 2e-3 + 1e-2 * Math.abs(slope), `row ${i} label ${j}: ${own}, ${slope}`);
          }),
        );
      }),
      { numRuns: 15 },
    );
  });
}

test('a focal loss without gamma is cross-entropy', async () => {
  const batch: Batch = { logits: [[1, 2, 0.5], [0, -1, 3]], labels: [0, 2], weights: [1, 1] }; // prettier-ignore
  const plain = await computed(CROSS_ENTROPY, batch);
  const focal = await computed({ ...CROSS_ENTROPY, name: 'focal', focalGamma: 0 }, batch);
  assert.ok(Math.abs(plain.loss - focal.loss) < 1e-6);
});
