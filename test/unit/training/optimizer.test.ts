import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WORD_EMBEDDINGS } from '../../../src/server/model/bert';
import { BERT_ADAMW, createAdamW, decays, sumRows } from '../../../src/server/training/adamw';
import { fillMask, keepProbability } from '../../../src/server/training/dropout';
import { learningRateAt } from '../../../src/server/training/schedule';

test('warm-up rises from 0, decay ends at 0, the peak lies between', () => {
  const rates = Array.from({ length: 11 }, (_, step) => learningRateAt(step, 10, 1, 0.2));
  assert.deepEqual(
    rates.map((rate) => Number(rate.toFixed(4))),
    [0, 0.5, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0],
  );
  assert.equal(learningRateAt(0, 10, 1, 0), 1);
});

test('decay spares norms and biases', () => {
  assert.ok(decays('bert.encoder.layer.0.output.dense.weight'));
  assert.ok(!decays('bert.encoder.layer.0.output.dense.bias'));
  assert.ok(!decays('bert.embeddings.LayerNorm.weight'));
});

test('AdamW finds the minimum of a quadratic', () => {
  const weights = new Map([['w.weight', { shape: [3], data: Float32Array.of(5, -3, 8) }]]);
  const target = [0.4, 0.2, -0.5];
  const optimizer = createAdamW(weights, { ...BERT_ADAMW, weightDecay: 0 });
  for (let step = 0; step < 2000; step++) {
    const gradient = weights.get('w.weight')!.data.map((value, i) => 2 * (value - target[i]!));
    optimizer.update(new Map([['w.weight', gradient]]), new Map(), 0.05, 1);
  }
  weights.get('w.weight')!.data.forEach((value, i) => assert.ok(Math.abs(value - target[i]!) < 1e-2));
});

test('a table updated by rows moves exactly as one updated as a whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(6), { maxLength: 8 }), { minLength: 1, maxLength: 6 }),
      fc.nat(100),
      (steps, seed) => {
        const width = 3;
        const start = Float32Array.from({ length: 7 * width }, (_, i) => Math.sin(i + seed));
        const table = () => new Map([[WORD_EMBEDDINGS, { shape: [7, width], data: start.slice() }]]);
        const [byRows, whole] = [table(), table()];
        const [a, b] = [createAdamW(byRows), createAdamW(whole)];
        for (const [n, ids] of steps.entries()) {
          const values = Float32Array.from({ length: ids.length * width }, (_, i) => Math.cos(i * 3 + n));
          const rows = sumRows(Int32Array.from(ids), values, width);
          const dense = new Float32Array(7 * width);
          rows.rows.forEach((row, i) => dense.set(rows.values.subarray(i * width, (i + 1) * width), row * width));
          a.update(new Map(), new Map([[WORD_EMBEDDINGS, rows]]), 0.01, 0.5);
          b.update(new Map([[WORD_EMBEDDINGS, dense]]), new Map(), 0.01, 0.5);
        }
        assert.deepEqual(byRows, whole);
      },
    ),
  );
});

test('rows of one id are added up', () => {
  const { rows, values } = sumRows(Int32Array.of(4, 1, 4), Float32Array.of(1, 2, 10, 20, 100, 200), 2);
  assert.deepEqual([...rows], [4, 1]);
  assert.deepEqual([...values], [101, 202, 10, 20]);
});

test('masks keep about the share they promise, and depend on seed, step and place alone', () => {
  const mask = (length: number, seed: number, step: number, place: number) => {
    const out = new Uint8Array(length);
    fillMask(out, seed, step, place, 0.1);
    return out;
  };
  const large = mask(100_003, 1, 2, 3);
  const kept = large.reduce((sum, value) => sum + value, 0) / large.length;
  assert.ok(Math.abs(kept - keepProbability(0.1)) < 0.004, String(kept));
  assert.ok(large.every((value) => value === 0 || value === 1));
  assert.deepEqual(mask(1001, 1, 2, 3), large.slice(0, 1001));
  for (const other of [mask(1001, 2, 2, 3), mask(1001, 1, 3, 3), mask(1001, 1, 2, 4)])
    assert.notDeepEqual(other, large.slice(0, 1001));
});
