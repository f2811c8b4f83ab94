import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseBuckets, makeBatch, planEpoch } from '../../../src/server/training/batches';
import { planBatches } from '../../../src/server/inference/batching';

const lengths = fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 1, maxLength: 60 });

const padded = (given: readonly number[], buckets: readonly number[]) =>
  given.reduce((sum, length) => sum + buckets.find((bucket) => bucket >= length)!, 0);

test('buckets: at most eight, ascending, the last the longest, and every length fits', () => {
  fc.assert(
    fc.property(lengths, (given) => {
      const buckets = chooseBuckets(given);
      assert.ok(buckets.length <= 8);
      assert.equal(buckets.at(-1), Math.max(...given));
      assert.deepEqual(
        buckets,
        [...new Set(buckets)].sort((a, b) => a - b),
      );
    }),
  );
});

test('no other choice of up to three of few lengths pads less', () => {
  // Few enough different lengths to try all choices; eight buckets of at most ten lengths.
  const few = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(few, fc.array(fc.nat(9), { maxLength: 30 }), (distinct, extra) => {
      const given = [...distinct, ...extra.map((i) => distinct[i % distinct.length]!)];
      const best = padded(given, chooseBuckets(given));
      const sorted = [...distinct].sort((a, b) => a - b);
      for (let choice = 0; choice < 1 << sorted.length; choice++) {
        const other = sorted.filter((_, i) => (choice >> i) & 1);
        if (other.length <= 8 && other.includes(sorted.at(-1)!)) assert.ok(best <= padded(given, other));
      }
    }),
    { numRuns: 50 },
  );
});

test('an epoch holds every row once, the same for the same seed, and another order next time', () => {
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 9 }), fc.nat(1000), (given, batchSize, seed) => {
      const batches = planEpoch(given, batchSize, seed, 0);
      assert.deepEqual(
        batches.flatMap((batch) => [...batch]).sort((a, b) => a - b),
        given.map((_, row) => row),
      );
      assert.ok(batches.every((batch) => batch.length <= batchSize));
      assert.deepEqual(planEpoch(given, batchSize, seed, 0), batches);
    }),
  );
  const many = Array.from({ length: 200 }, (_, i) => i % 50);
  assert.notDeepEqual(planEpoch(many, 8, 1, 0), planEpoch(many, 8, 1, 1));
});

test('a batch is padded to its bucket and filled up with rows of weight 0', () => {
  const example = (length: number, label: number) => ({
    ids: new Int32Array(length).fill(9),
    typeIds: new Int32Array(length),
    label,
  });
  const batch = makeBatch([example(3, 1), example(5, 2)], 4, [4, 6, 9], { padId: 0 });
  assert.equal(batch.T, 6);
  assert.deepEqual([...batch.weights], [1, 1, 0, 0]);
  assert.deepEqual([...batch.labels], [1, 2, 0, 0]);
  assert.deepEqual([...batch.ids.subarray(0, 12)], [9, 9, 9, 0, 0, 0, 9, 9, 9, 9, 9, 0]);
  assert.deepEqual([...batch.mask.subarray(0, 12)], [1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0]);
});

test('prediction batches: every row once, within the budget, of similar length', () => {
  const padding = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(Infinity));
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 200 }), padding, (given, budget, most) => {
      const batches = planBatches(given, budget, most);
      assert.deepEqual(
        batches.flatMap(({ rows }) => [...rows]).sort((a, b) => a - b),
        given.map((_, row) => row),
      );
      for (const { rows, length } of batches) {
        assert.equal(length, Math.max(...rows.map((row) => given[row]!)));
        assert.ok(rows.length === 1 || rows.length * length <= budget);
        assert.ok(rows.reduce((sum, row) => sum + length - given[row]!, 0) <= most);
      }
    }),
  );
});
