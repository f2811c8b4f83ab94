import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { thinCurve } from '../../../src/server/training/curve';

const loss = fc.oneof({ weight: 9, arbitrary: fc.double({ min: 0, max: 10, noNaN: true }) }, fc.constant(Number.NaN));
const curve = fc
  .array(loss, { maxLength: 300 })
  .map((losses) => losses.map((one, at) => ({ step: at + 1, loss: one, learningRate: at })));

test('a thinned curve is short enough, keeps its end and its order', () => {
  fc.assert(
    fc.property(curve, fc.integer({ min: 1, max: 50 }), (points, most) => {
      const thin = thinCurve(points, most);
      assert.ok(thin.length <= most);
      assert.equal(thin.at(-1)?.step, points.at(-1)?.step);
      assert.equal(thin.at(-1)?.learningRate, points.at(-1)?.learningRate);
      for (let at = 1; at < thin.length; at++) assert.ok(thin[at]!.step > thin[at - 1]!.step);
      const finite = points.map((point) => point.loss).filter(Number.isFinite);
      for (const { loss: mean } of thin) {
        assert.ok(mean === null || (mean >= Math.min(...finite) - 1e-9 && mean <= Math.max(...finite) + 1e-9));
      }
    }),
  );
});

test('a curve that is short enough is drawn as it is; what is no number is a gap', () => {
  fc.assert(
    fc.property(curve, (points) => {
      const thin = thinCurve(points, 300);
      assert.deepEqual(
        thin,
        points.map((point) => ({ ...point, loss: Number.isFinite(point.loss) ? point.loss : null })),
      );
    }),
  );
});
