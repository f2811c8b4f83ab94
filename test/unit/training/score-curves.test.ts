import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { softmax } from '../../../src/server/inference/probabilities';
import { averagePrecision, rocAuc } from '../../../src/server/training/probability-metrics';
import { calibrationView, curvesOf, labelCurves } from '../../../src/server/training/score-curves';

const rows = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 })), { minLength: 2, maxLength: 60 })
  .filter((given) => given.some(([hit]) => hit) && given.some(([hit]) => !hit));

test('the area below the ROC curve is the area, the steps below the other are the average precision', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const hits = given.map(([hit]) => hit);
      const scores = given.map(([, score]) => score);
      const { roc, precisionRecall } = curvesOf(hits, scores);
      const area = roc.slice(1).reduce((sum, [x, y], at) => sum + (x - roc[at]![0]) * ((y + roc[at]![1]) / 2), 0);
      assert.ok(Math.abs(area - rocAuc(hits, scores)!) < 1e-12);
      const steps = precisionRecall.slice(1);
      const precision = steps.reduce((sum, [recall, own], at) => sum + (recall - precisionRecall[at]![0]) * own, 0);
      assert.ok(Math.abs(precision - averagePrecision(hits, scores)!) < 1e-12);
      assert.deepEqual([roc[0], roc.at(-1)], [[0, 0], [1, 1]]); // prettier-ignore
      assert.equal(precisionRecall.at(-1)![0], 1);
    }),
  );
});

test('long curves are thinned and keep their ends', () => {
  const scores = Array.from({ length: 5000 }, (_, at) => at);
  const { roc } = curvesOf(scores.map((at) => at % 3 === 0), scores); // prettier-ignore
  assert.equal(roc.length, 120);
  assert.deepEqual([roc[0], roc.at(-1)], [[0, 0], [1, 1]]); // prettier-ignore
});

test('labels that no row has get no curve; the temperature moves confidences, not their rows', () => {
  const truth = Int32Array.of(0, 1, 0, 1, 1);
  const bare = Float64Array.from([4, -2, 3, -3, 5].flatMap((logit) => [...softmax([logit, 0, -9])]));
  assert.deepEqual(labelCurves(bare, truth, ['a', 'b', 'never']).map(({ label, rows: n }) => [label, n]), [['b', 3], ['a', 2]]); // prettier-ignore
  const { before, after } = calibrationView(bare, truth, 3);
  const mean = ({ bins }: typeof before) => bins.reduce((sum, bin) => sum + bin.rows * bin.confidence, 0) / 5;
  assert.ok(mean(after) < mean(before));
  assert.equal(after.bins.reduce((sum, bin) => sum + bin.rows, 0), 5); // prettier-ignore
});
