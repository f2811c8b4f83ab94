import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { minimise } from '../../../src/server/inference/lbfgs';
import { fitLogistic, logisticLoss, logisticScores } from '../../../src/server/inference/logistic';
import { createRandom } from '../../../src/server/training/random';
import { finish } from '../../support/finish';

/** Rows of normal-ish vectors, each class round a centre of its own. */
function clusters(rows: number, width: number, classes: number, apart: number, seed = 1) {
  const random = createRandom(seed, 0);
  const noise = (): number => random.float() + random.float() + random.float() - 1.5;
  const centres = Array.from({ length: classes }, () => Array.from({ length: width }, () => apart * noise()));
  const truth = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const vectors = Float32Array.from([...truth].flatMap((label) => centres[label]!.map((at) => at + noise())));
  return { vectors, width, truth, classes };
}

test('a quadratic form is brought to its minimum', () => {
  const wanted = [3, -2, 0.5, 40];
  const found = finish(
    minimise(
      function* (point, gradient) {
        let value = 0;
        wanted.forEach((to, i) => {
          value += ((i + 1) ** 3 / 2) * (point[i]! - to) ** 2;
          gradient[i] = (i + 1) ** 3 * (point[i]! - to);
        });
        return value;
      },
      new Float64Array(4),
      { steps: 100, least: 1e-15 },
    ),
  );
  wanted.forEach((to, i) => assert.ok(Math.abs(found[i]! - to) < 1e-5, `${found[i]} for ${to}`));
});

test('the gradient is that of the loss, by differences', () => {
  const shape = fc.record({ width: fc.integer({ min: 1, max: 4 }), classes: fc.integer({ min: 2, max: 4 }), seed: fc.nat(99) }); // prettier-ignore
  fc.assert(
    fc.property(shape, ({ width, classes, seed }) => {
      const rows = clusters(7, width, classes, 1, seed);
      const loss = logisticLoss(rows, 0.3);
      const random = createRandom(seed, 7);
      const point = Float64Array.from({ length: classes * (width + 1) }, () => random.float() - 0.5);
      const gradient = new Float64Array(point.length);
      finish(loss(point, gradient));
      for (let i = 0; i < point.length; i++) {
        const value = (by: number) => finish(loss(point.map((v, j) => (j === i ? v + by : v)), new Float64Array(point.length))); // prettier-ignore
        assert.ok(Math.abs((value(1e-5) - value(-1e-5)) / 2e-5 - gradient[i]!) < 1e-5);
      }
    }),
    { numRuns: 30 },
  );
});

test('at the weights found the gradient is nearly 0, wherever the search began', () => {
  const rows = clusters(120, 6, 3, 1.5);
  const weights = finish(fitLogistic(rows, 0.1));
  const gradient = new Float64Array(weights.length);
  finish(logisticLoss(rows, 0.1)(weights, gradient));
  assert.ok(Math.max(...gradient.map(Math.abs)) < 0.05, String(Math.max(...gradient.map(Math.abs))));
  const lossOf = (at: Float64Array) => finish(logisticLoss(rows, 0.1)(at, new Float64Array(at.length)));
  const other = finish(
    fitLogistic(
      rows,
      0.1,
      weights.map((_, i) => Math.sin(i)),
    ),
  );
  assert.ok(Math.abs(lossOf(weights) - lossOf(other)) < 0.02, `${lossOf(weights)} and ${lossOf(other)}`);
  const right = [...rows.truth].filter((label, row) => {
    const scores = logisticScores(weights, rows.vectors.subarray(row * 6, (row + 1) * 6), 3);
    return scores.indexOf(Math.max(...scores)) === label;
  });
  assert.ok(right.length > 90, `${right.length} of 120`);
});

test('a pull to 0 that is strong leaves the shares of the classes', () => {
  const rows = { ...clusters(40, 3, 2, 2), truth: Int32Array.from({ length: 40 }, (_, row) => (row < 10 ? 1 : 0)) };
  const weights = finish(fitLogistic(rows, 1000));
  const [a = 0, b = 0] = logisticScores(weights, rows.vectors.subarray(0, 3), 2);
  assert.ok(Math.abs(a - b - Math.log(3)) < 0.02, String(a - b));
});
