import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blend, fitShares } from '../../../src/server/inference/blend';
import { fitFeatureHead, headLogs, type FeatureRows } from '../../../src/server/inference/feature-head';
import { createRandom } from '../../../src/server/training/random';
import { finish } from '../../support/finish';

const [CLASSES, WIDTH] = [3, 8];

/**
 * Rows whose features tell the class as far as `features` says, and whose floor does as far as `floor` says; 0 is nothing.
 */
function rows(count: number, { features, floor }: { features: number; floor: number }, seed = 1): FeatureRows {
  const random = createRandom(seed, 0);
  const noise = (): number => 2 * (random.float() + random.float() + random.float() - 1.5);
  const truth = Int32Array.from({ length: count }, (_, row) => row % CLASSES);
  const vectors = [...truth].flatMap((label) => Array.from({ length: WIDTH }, (_, i) => noise() + (i === label ? features : 0))); // prettier-ignore
  const logs = [...truth].flatMap((label) => {
    const scores = Float64Array.from({ length: CLASSES }, (_, i) => noise() * 0.5 + (i === label ? floor : 0));
    const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
    return [...scores].map((score) => score - total);
  });
  return {
    features: Float32Array.from(vectors),
    width: WIDTH,
    truth,
    classes: CLASSES,
    folds: Int32Array.from({ length: count }, (_, row) => Math.floor(row / CLASSES) % 5),
    floor: Float64Array.from(logs),
  };
}

/** How likely fresh rows are by the head and the floor together, and by the floor alone: nats a row. */
function judge(fitted: FeatureRows, fresh: FeatureRows): { together: number; alone: number } {
  const head = finish(fitFeatureHead(fitted));
  let [together, alone] = [0, 0];
  for (const [row, label] of fresh.truth.entries()) {
    const floor = fresh.floor.subarray(row * CLASSES, (row + 1) * CLASSES);
    const logs = blend(head.shares, headLogs(head, fresh.features.subarray(row * WIDTH, (row + 1) * WIDTH)), floor);
    assert.ok(Math.abs(logs.reduce((sum, log) => sum + Math.exp(log), 0) - 1) < 1e-9);
    together += logs[label]! / fresh.truth.length;
    alone += floor[label]! / fresh.truth.length;
  }
  return { together, alone };
}

test('features that tell what the floor does not: the head wins, and as much as it says', () => {
  const kind = { features: 2, floor: 0.3 };
  const known = rows(120, kind);
  const { gain, shares } = finish(fitFeatureHead(known));
  const { together, alone } = judge(known, rows(600, kind, 2));
  assert.ok(gain.mean > 4 * gain.error && shares.head > 0.3, JSON.stringify({ gain, shares }));
  assert.ok(Math.abs(together - alone - gain.mean) < 4 * gain.error + 0.05, `${together - alone} for ${gain.mean}`);
});

test('features that tell nothing: the head wins nothing and harms nothing', () => {
  for (const seed of [1, 2, 3]) {
    const kind = { features: 0, floor: 1.5 };
    const { gain, shares } = finish(fitFeatureHead(rows(90, kind, seed)));
    assert.ok(gain.mean <= 2 * gain.error && shares.head < 0.35, JSON.stringify({ gain, shares }));
    const { together, alone } = judge(rows(90, kind, seed), rows(600, kind, seed + 9));
    assert.ok(together > alone - 0.05, `${together} for ${alone}`);
  }
});

test('both tell something: together they are better than the floor, with sixteen rows of two classes too', () => {
  const kind = { features: 1.5, floor: 1 };
  const { together, alone } = judge(rows(240, kind), rows(600, kind, 2));
  assert.ok(together > alone + 0.1, `${together} for ${alone}`);
  const few = rows(16, kind);
  const { shares, weights } = finish(fitFeatureHead({ ...few, truth: few.truth.map((label) => label % 2) }));
  assert.ok([shares.head, shares.floor, ...weights].every(Number.isFinite));
});

test('with a handful of rows the floor keeps its weight; a head that knows nothing is left out', () => {
  const scores = { head: Float64Array.of(-9, -0.01, -0.01, -9), floor: Float64Array.of(-0.2, -1.7, -1.7, -0.2), truth: Int32Array.of(0, 1), classes: 2 }; // prettier-ignore
  const wrong = finish(fitShares(scores, [0, 1]));
  assert.ok(wrong.head === 0 && Math.abs(wrong.floor - 1) < 0.3, JSON.stringify(wrong));
  const alike = finish(fitShares({ ...scores, head: scores.floor }, [0, 1]));
  assert.ok(alike.head > 0 && alike.head < 0.3 && Math.abs(alike.floor - 1) < 0.3, JSON.stringify(alike));
});
