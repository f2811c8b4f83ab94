import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bootstrapPair, bootstrapScores, type ScoreInterval } from '../../../src/server/training/bootstrap';
import { scorePredictions } from '../../../src/server/training/metrics';
import { multiHot } from '../../../src/server/training/classes';
import { scoreSets } from '../../../src/server/training/multi-label-metrics';
import { createRandom } from '../../../src/server/training/random';

const LABELS = 4;
const id = fc.nat(LABELS - 1);
const rows = fc.array(fc.tuple(id, id, id), { minLength: 1, maxLength: 40 });
const column = (table: readonly (readonly number[])[], at: number): number[] => table.map((row) => row[at] ?? 0);
const few = { seed: 7, resamples: 60 };

test('the scores themselves are those of scorePredictions', () => {
  fc.assert(
    fc.property(rows, (table) => {
      const { accuracy, macroF1 } = bootstrapScores(column(table, 0), column(table, 1), LABELS, few);
      const names = ['a', 'b', 'c', 'd'];
      const expected = scorePredictions(column(table, 0), column(table, 1), names);
      assert.ok(Math.abs(accuracy.value - expected.accuracy) < 1e-12);
      assert.ok(Math.abs(macroF1.value - expected.macroF1) < 1e-12);
    }),
  );
});

test('an interval is ordered and inside what scores can be; of rows that are all right it is 1 alone', () => {
  fc.assert(
    fc.property(rows, (table) => {
      const pair = bootstrapPair(column(table, 0), column(table, 1), column(table, 2), LABELS, few);
      const within = ({ low, high, value }: ScoreInterval, least: number): void => {
        assert.ok(least <= low && low <= high && high <= 1);
        assert.ok(least <= value && value <= 1);
      };
      for (const scores of [pair.first, pair.second])
        for (const one of Object.values(scores)) within(one as ScoreInterval, 0);
      for (const one of Object.values(pair.gain)) within(one as ScoreInterval, -1);
      const perfect = bootstrapScores(column(table, 0), column(table, 0), LABELS, few);
      assert.deepEqual(perfect.accuracy, { value: 1, low: 1, high: 1 });
      assert.deepEqual(perfect.macroF1, { value: 1, low: 1, high: 1 });
    }),
  );
});

test('the result depends on the rows and the seed, not on the order of the rows', () => {
  fc.assert(
    fc.property(rows, fc.nat(1000), (table, seed) => {
      const score = (own: typeof table, with_: number) =>
        bootstrapPair(column(own, 0), column(own, 1), column(own, 2), LABELS, { seed: with_, resamples: 30 });
      assert.deepEqual(score([...table].reverse(), seed), score(table, seed));
    }),
  );
  const table = Array.from({ length: 60 }, (_, row) => [row % 4, (row * row) % 4, 0]);
  const low = (seed: number) =>
    bootstrapScores(column(table, 0), column(table, 1), LABELS, { seed, resamples: 25 }).macroF1.low;
  assert.notEqual(low(1), low(2));
});

test('two models that agree differ by nothing; a gain is the difference on the same rows', () => {
  fc.assert(
    fc.property(rows, (table) => {
      const { gain } = bootstrapPair(column(table, 0), column(table, 1), column(table, 1), LABELS, few);
      assert.deepEqual(gain.accuracy, { value: 0, low: 0, high: 0 });
      assert.deepEqual(gain.macroF1, { value: 0, low: 0, high: 0 });
    }),
  );
  // Models that are right on the same rows but for ten of 400: resampled in pairs the difference is known far better than either score.
  const truth = Array.from({ length: 400 }, (_, row) => row % 2);
  const first = truth.map((label, row) => (row % 4 === 0 ? 1 - label : label));
  const second = first.map((label, row) => (row < 20 && row % 2 === 1 ? 1 - (truth[row] ?? 0) : label));
  const { gain, first: own } = bootstrapPair(truth, first, second, 2, { seed: 3 });
  assert.ok(gain.accuracy.low > 0);
  assert.ok(gain.accuracy.high - gain.accuracy.low < (own.accuracy.high - own.accuracy.low) / 2);
});

test('the interval of an accuracy is as wide as the binomial says, and covers the truth about as often as it claims', () => {
  const n = 400;
  const truth = new Array<number>(n).fill(0);
  const predicted = truth.map((_, row) => (row < 320 ? 0 : 1));
  const { accuracy } = bootstrapScores(truth, predicted, 2, { seed: 11 });
  const half = 1.96 * Math.sqrt((0.8 * 0.2) / n);
  assert.ok(Math.abs(accuracy.low - (0.8 - half)) < 0.01, String(accuracy.low));
  assert.ok(Math.abs(accuracy.high - (0.8 + half)) < 0.01, String(accuracy.high));

  let covered = 0;
  const worlds = 200;
  for (let world = 0; world < worlds; world++) {
    const random = createRandom(world, 1);
    const drawn = Array.from({ length: 150 }, () => (random.float() < 0.85 ? 0 : 1));
    const zeros = new Array<number>(150).fill(0);
    const interval = bootstrapScores(zeros, drawn, 2, { seed: world, resamples: 300 }).accuracy;
    if (interval.low <= 0.85 && 0.85 <= interval.high) covered++;
  }
  assert.ok(covered / worlds > 0.88 && covered / worlds < 0.99, String(covered / worlds));
});

test('of several labels a row, the scores are those of scoreSets, with an interval around them', () => {
  const sets = [[], [0], [1, 2], [0, 2]];
  const names = ['a', 'b', 'c'];
  fc.assert(
    fc.property(rows, (table) => {
      const [truth, predicted] = [column(table, 0), column(table, 1)];
      const { accuracy, macroF1 } = bootstrapScores(truth, predicted, names.length, { ...few, sets });
      const expected = scoreSets(multiHot(truth, sets, 3), multiHot(predicted, sets, 3), names);
      assert.ok(Math.abs(accuracy.value - expected.accuracy) < 1e-12);
      assert.ok(Math.abs(macroF1.value - expected.macro.f1) < 1e-12);
      for (const { low, high } of [accuracy, macroF1]) assert.ok(0 <= low && low <= high && high <= 1);
    }),
  );
});

test('no rows score 0', () => {
  assert.deepEqual(bootstrapScores([], [], 2, few).accuracy, { value: 0, low: 0, high: 0 });
});
