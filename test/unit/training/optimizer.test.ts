import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import wabt from 'wabt';
import { WORD_EMBEDDINGS } from '../../../src/server/model/bert';
import { BERT_ADAMW, createAdamW, decays, sumRows } from '../../../src/server/training/adamw';
import { ADAMW_WASM } from '../../../src/server/training/adamw-wasm';
import { fillMask, keepProbability } from '../../../src/server/training/dropout';
import { randomBytes } from '../../../src/server/training/random';
import { RANDOM_WASM } from '../../../src/server/training/random-wasm';
import { learningRateAt } from '../../../src/server/training/schedule';

test('warm-up rises from 0, decay ends at 0, the peak lies between', () => {
  const rates = Array.from({ length: 11 }, (_, step) => learningRateAt(step, 10, 1, 0.2, 'linear'));
  assert.deepEqual(
    rates.map((rate) => Number(rate.toFixed(4))),
    [0, 0.5, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0],
  );
  assert.equal(learningRateAt(0, 10, 1, 0, 'linear'), 1);
});

test('the other schedules warm up the same way; a cosine falls to 0, a constant stays', () => {
  const rates = (schedule: 'cosine' | 'constant') =>
    Array.from({ length: 11 }, (_, step) => Number(learningRateAt(step, 10, 1, 0.2, schedule).toFixed(4)));
  // get_cosine_schedule_with_warmup(2, 10) and get_constant_schedule_with_warmup(2) of transformers.
  assert.deepEqual(rates('cosine'), [0, 0.5, 1, 0.9619, 0.8536, 0.6913, 0.5, 0.3087, 0.1464, 0.0381, 0]);
  assert.deepEqual(rates('constant'), [0, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
});

test('decay spares norms and biases', () => {
  assert.ok(decays('bert.encoder.layer.0.output.dense.weight'));
  assert.ok(!decays('bert.encoder.layer.0.output.dense.bias'));
  assert.ok(!decays('bert.embeddings.LayerNorm.weight'));
});

test('AdamW finds the minimum of a quadratic', () => {
  const target = [0.4, 0.2, -0.5, 0, 1];
  const start = new Map([['w.weight', { shape: [5], data: Float32Array.of(5, -3, 8, 1, 1) }]]);
  const optimizer = createAdamW(start, new Set(), { ...BERT_ADAMW, weightDecay: 0 });
  const { data } = optimizer.weights.get('w.weight')!;
  for (let step = 0; step < 2000; step++) {
    data.forEach((value, i) => (optimizer.gradients.get('w.weight')![i] = 2 * (value - target[i]!)));
    optimizer.update(new Map(), 0.05, 1);
  }
  data.forEach((value, i) => assert.ok(Math.abs(value - target[i]!) < 1e-2));
});

test('the kernel computes what the formula says, in single precision', () => {
  const values = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 11 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 5 }), (start, steps) => {
      const optimizer = createAdamW(
        new Map([['w.weight', { shape: [start.length], data: Float32Array.from(start) }]]),
        new Set(),
      );
      const [w, m, v] = [start.slice(), start.map(() => 0), start.map(() => 0)];
      for (let t = 1; t <= steps; t++) {
        w.forEach((_, i) => {
          const g = Math.fround(Math.sin(i + t));
          optimizer.gradients.get('w.weight')![i] = g;
          m[i] = 0.9 * m[i]! + 0.1 * g * 0.5;
          v[i] = 0.999 * v[i]! + 0.001 * (g * 0.5) ** 2;
          w[i] =
            w[i]! * (1 - 0.01 * 0.01) -
            (0.01 * (m[i]! / (1 - 0.9 ** t))) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-6);
        });
        optimizer.update(new Map(), 0.01, 0.5);
      }
      optimizer.weights
        .get('w.weight')!
        .data.forEach((value, i) => assert.ok(Math.abs(value - w[i]!) < 1e-5, `${value} ${w[i]}`));
    }),
  );
});

for (const [name, compiled] of [
  ['adamw', ADAMW_WASM],
  ['random', RANDOM_WASM],
] as const)
  // prettier-ignore
  test(`${name}-wasm.ts is ${name}.wat compiled`, async () => {
    const source = join('src', 'server', 'training', `${name}.wat`);
    const { buffer } = (await wabt())
      .parseWat(source, readFileSync(source, 'utf8'), { simd: true })
      .toBinary({});
    assert.equal(Buffer.from(buffer).toString('base64'), compiled, 'run node scripts/wasm.mjs');
  });

test('a table updated by rows moves exactly as one updated as a whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(6), { maxLength: 8 }), { minLength: 1, maxLength: 6 }),
      fc.nat(100),
      (steps, seed) => {
        // The kernel computes four elements at a time in single precision, the rest in double: only widths of fours are exactly alike.
        const width = 4;
        const table = () =>
          new Map([
            [
              WORD_EMBEDDINGS,
              { shape: [7, width], data: Float32Array.from({ length: 7 * width }, (_, i) => Math.sin(i + seed)) },
            ],
          ]);
        const [byRows, whole] = [createAdamW(table(), new Set([WORD_EMBEDDINGS])), createAdamW(table(), new Set())];
        for (const [n, ids] of steps.entries()) {
          const values = Float32Array.from({ length: ids.length * width }, (_, i) => Math.cos(i * 3 + n));
          const rows = sumRows(Int32Array.from(ids), values, width);
          const dense = whole.gradients.get(WORD_EMBEDDINGS)!.fill(0);
          rows.rows.forEach((row, i) => dense.set(rows.values.subarray(i * width, (i + 1) * width), row * width));
          byRows.update(new Map([[WORD_EMBEDDINGS, rows]]), 0.01, 0.5);
          whole.update(new Map(), 0.01, 0.5);
        }
        assert.deepEqual(byRows.weights, whole.weights);
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
  const large = mask(300_003, 1, 2, 3);
  const kept = large.reduce((sum, value) => sum + value, 0) / large.length;
  assert.ok(Math.abs(kept - keepProbability(0.1)) < 0.004, String(kept));
  assert.ok(large.every((value) => value === 0 || value === 1));
  const drawn = new Uint8Array(large.length);
  randomBytes(drawn, 1, 2, 3);
  assert.deepEqual(
    large,
    drawn.map((byte) => (byte >= 26 ? 1 : 0)),
  );
  assert.deepEqual(mask(1001, 1, 2, 3), large.slice(0, 1001));
  for (const other of [mask(1001, 2, 2, 3), mask(1001, 1, 3, 3), mask(1001, 1, 2, 4)])
    assert.notDeepEqual(other, large.slice(0, 1001));
});
