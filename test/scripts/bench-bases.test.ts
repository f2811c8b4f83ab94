/** The bench of bases: which rows it draws, and how it tells figures of several seeds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawRows } from '../../scripts/bench/bases/draw-rows';
import { meanAndDeviation } from '../../scripts/bench/bases/spread';

test('of each label so many rows are drawn, or all that there are, each once, the same for a seed', () => {
  const labels = fc.array(fc.constantFrom('law', 'code', 'sport'), { maxLength: 60 });
  fc.assert(
    fc.property(labels, fc.integer({ min: 1, max: 10 }), fc.nat(1000), (of, most, seed) => {
      const rows = drawRows(of, most, seed);
      assert.equal(new Set(rows).size, rows.length);
      for (const label of new Set(of)) {
        const drawn = rows.filter((row) => of[row] === label).length;
        assert.equal(drawn, Math.min(most, of.filter((one) => one === label).length));
      }
      assert.deepEqual(drawRows(of, most, seed), rows);
    }),
  );
});

test('another seed draws other rows', () => {
  const labels = Array.from({ length: 200 }, (_, row) => (row % 2 === 0 ? 'law' : 'code'));
  assert.notDeepEqual(new Set(drawRows(labels, 10, 1)), new Set(drawRows(labels, 10, 2)));
});

test('figures are told by their mean and the deviation of a sample', () => {
  assert.equal(meanAndDeviation([1, 2, 3, 4]), '2.50 ± 1.29');
  assert.equal(meanAndDeviation([71.5]), '71.50 ± 0.00');
});
