import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { argmax, softmax } from '../../../src/server/inference/probabilities';
import { thresholdsFor } from '../../../src/server/training/thresholds';

/** Two labels, by the probability of the first. */
const two = (firsts: readonly number[]) => Float64Array.from(firsts.flatMap((first) => [first, 1 - first]));

test('the lowest threshold that is precise enough, and the recall it costs', () => {
  // Sorted by the first label: right, right, wrong, right; the last row is predicted as the second.
  const probabilities = two([0.95, 0.9, 0.8, 0.7, 0.2]);
  const truth = Int32Array.of(0, 0, 1, 0, 1);
  const [first, second] = thresholdsFor(probabilities, truth, ['a', 'b'], 0.9);
  assert.deepEqual(first, { label: 'a', threshold: 0.9, accepted: 2, predicted: 4, precision: 1, recall: 2 / 3, recallOfAll: 1 }); // prettier-ignore
  assert.deepEqual(second, { label: 'b', threshold: 0.8, accepted: 1, predicted: 1, precision: 1, recall: 0.5, recallOfAll: 0.5 }); // prettier-ignore
  // Three of four is precise enough now, although the third alone was not.
  assert.equal(thresholdsFor(probabilities, truth, ['a', 'b'], 0.75)[0]!.threshold, 0.7);
});

test('a label that is never right has no threshold; equal probabilities stand or fall together', () => {
  const [never] = thresholdsFor(two([0.9, 0.8]), Int32Array.of(1, 1), ['a', 'b'], 0.5);
  assert.deepEqual([never!.threshold, never!.accepted, never!.precision], [null, 0, 0]);
  const [tied] = thresholdsFor(two([0.9, 0.9]), Int32Array.of(0, 1), ['a', 'b'], 0.95);
  assert.equal(tied!.threshold, null);
});

test('what a threshold takes is as precise as was wished, and no lower one is', () => {
  const row = fc.record({ logits: fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)), truth: fc.nat(2) });
  const wished = fc.double({ min: 0.05, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), wished, (rows, precision) => {
      const probabilities = rows.map(({ logits }) => softmax(logits));
      const truth = Int32Array.from(rows, (one) => one.truth);
      const flat = Float64Array.from(probabilities.flatMap((one) => [...one]));
      thresholdsFor(flat, truth, ['a', 'b', 'c'], precision).forEach((found, id) => {
        const own = rows.flatMap((one, at) =>
          argmax(probabilities[at]!) === id ? [{ p: probabilities[at]![id]!, right: one.truth === id }] : [],
        );
        const precise = (least: number): boolean => {
          const taken = own.filter(({ p }) => p >= least);
          return taken.filter(({ right }) => right).length >= precision * taken.length;
        };
        const fitting = own.map(({ p }) => p).filter(precise);
        assert.equal(found.threshold, fitting.length === 0 ? null : Math.min(...fitting));
      });
    }),
  );
});
