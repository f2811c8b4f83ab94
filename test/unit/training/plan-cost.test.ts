import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { totalSteps } from '../../../src/server/training/loop';
import { PATIENT } from '../../support/tiny-run';
import { interpolate, planCost } from '../../../src/server/training/plan-cost';

const settings = fc.record({
  batchSize: fc.integer({ min: 1, max: 16 }),
  epochs: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(1000),
  learningRate: fc.constant(1e-3),
  accumulate: fc.constant(1),
  warmup: fc.constant(0.1),
  schedule: fc.constant('linear' as const),
  patience: fc.constant(PATIENT),
});
const lengths = fc.array(fc.integer({ min: 3, max: 64 }), { minLength: 1, maxLength: 80 });

test('every step of a run is in one bucket, the longest row among them', () => {
  fc.assert(
    fc.property(lengths, lengths, settings, (train, heldOut, given) => {
      const plan = planCost(train, heldOut, given);
      const steps = plan.buckets.reduce((sum, bucket) => sum + bucket.steps, 0);
      assert.equal(plan.totalSteps, totalSteps(train.length, given));
      assert.ok(Math.abs(steps - plan.totalSteps) < 1e-6);
      assert.equal(plan.buckets.at(-1)!.length, Math.max(...train));
      assert.ok(plan.buckets.length <= 8);
      for (const { rows, length } of plan.buckets) for (const row of rows) assert.ok(train[row]! <= length);
      const tokens = heldOut.reduce((sum, length) => sum + length, 0);
      assert.ok(plan.heldOutTokens >= tokens && plan.heldOutTokens <= heldOut.length * Math.max(...heldOut));
      assert.equal(plan.evaluations, given.epochs + 1);
    }),
  );
});

test('costs between two lengths lie on a line, outside them in proportion', () => {
  const measured = [
    { length: 10, cost: 1 },
    { length: 30, cost: 5 },
  ];
  assert.equal(interpolate(measured, 10), 1);
  assert.equal(interpolate(measured, 20), 3);
  assert.equal(interpolate(measured, 5), 0.5);
  assert.equal(interpolate(measured, 60), 10);
  assert.equal(interpolate([measured[0]!, measured[0]!], 10), 1);
  assert.throws(() => interpolate([], 3), RangeError);
});
