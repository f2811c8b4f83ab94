import assert from 'node:assert/strict';
import { argmax } from '../../../src/server/inference/probabilities';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { meanCrossEntropy, scorePredictions } from '../../../src/server/training/metrics';

const close = (actual: number | undefined, expected: number) =>
  assert.ok(Math.abs((actual ?? NaN) - expected) < 1e-12, `${String(actual)} is not ${String(expected)}`);

describe('scorePredictions', () => {
  // The example of scikit-learn's classification_report: y_true = [0, 1, 2, 2, 2], y_pred = [0, 0, 2, 2, 1].
  const scores = scorePredictions([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], ['a', 'b', 'c', 'unused']);

  test('per label, as scikit-learn reports', () => {
    assert.deepEqual(
      scores.perLabel.map(({ label, precision, recall, f1, support }) => [
        label,
        precision,
        recall,
        f1.toFixed(4),
        support,
      ]),
      [
        ['a', 0.5, 1, '0.6667', 1],
        ['b', 0, 0, '0.0000', 1],
        ['c', 1, 2 / 3, '0.8000', 3],
        ['unused', 0, 0, '0.0000', 0],
      ],
    );
  });

  test('macro F1 is over the labels that occur', () => close(scores.macroF1, (2 / 3 + 0 + 0.8) / 3));
  test('accuracy', () => close(scores.accuracy, 0.6));
  test('confusion: rows are the truth', () => assert.deepEqual(scores.confusion, [[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 2, 0], [0, 0, 0, 0]])); // prettier-ignore
  test('a label that is only predicted counts in macro F1', () =>
    close(scorePredictions([0], [1], ['a', 'b', 'c']).macroF1, 0));
  test('no rows', () => {
    const { accuracy, macroF1, rows } = scorePredictions([], [], ['a']);
    assert.deepEqual([accuracy, macroF1, rows], [0, 0, 0]);
  });
  test('an id outside the label set is an error that names the row', () => assert.throws(() => scorePredictions([0, 3], [0, 0], ['a', 'b']), /Row 1/)); // prettier-ignore

  test('accuracy is the support-weighted mean recall, and the table adds up', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1 }), (rows) => {
        const { accuracy, perLabel, confusion } = scorePredictions(rows.map((row) => row[0]), rows.map((row) => row[1]), ['a', 'b', 'c', 'd']); // prettier-ignore
        close(perLabel.reduce((sum, own) => sum + own.recall * own.support, 0) / rows.length, accuracy);
        assert.equal(confusion.flat().reduce((sum, count) => sum + count, 0), rows.length); // prettier-ignore
      }),
    );
  });
});

describe('meanCrossEntropy', () => {
  test('is the mean of -ln p of the truth', () => {
    close(meanCrossEntropy([0.5, 0.5, 0.9, 0.1], [0, 1]), -(Math.log(0.5) + Math.log(0.1)) / 2);
  });
  test('a certain mistake costs 52 ln 2, not infinity', () => close(meanCrossEntropy([1, 0], [1]), 52 * Math.LN2));
  test('no rows', () => assert.equal(meanCrossEntropy([], []), 0));
});

test('argmax takes the first of equals', () =>
  assert.deepEqual([argmax([1, 3, 3]), argmax([-2]), argmax([])], [1, 0, -1]));
