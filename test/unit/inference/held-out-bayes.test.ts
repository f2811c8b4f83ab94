import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { heldOutBayes } from '../../../src/server/inference/held-out-bayes';
import { NaiveBayes } from '../../../src/server/inference/naive-bayes';
import { temper } from '../../../src/server/inference/tempered-bayes';
import { finish } from '../../support/finish';

const row = fc.record({
  text: fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('户', '政', '红', '灯') }),
  label: fc.constantFrom('a', 'b', 'c'),
  fold: fc.nat(2),
});

test('a row of a fold is predicted as if the fold had never been counted, and the counts are as before', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 3, maxLength: 40 }), (rows) => {
      const model = new NaiveBayes('characters', ['a', 'b', 'c']);
      const counted = rows.map((one) => model.add(one, one.label));
      const ids = [0, 1, 2].filter((id) => model.rowsOf(id) > 0);
      const tempered = temper(model, counted, ids);
      if (!tempered) return;
      const before = tempered.predict({ text: '户政红' }).probabilities;
      const folds = Int32Array.from(rows, ({ fold }) => fold);
      const sample = rows.map(({ text }, at) => ({ counted: counted[at]!, input: { text } }));
      const logs = finish(heldOutBayes(model, tempered, sample, folds));
      assert.deepEqual(tempered.predict({ text: '户政红' }).probabilities, before);
      const [first] = rows;
      for (const [at, one] of rows.entries()) if (one.fold === first!.fold) model.remove(counted[at]!);
      tempered.predict({ text: first!.text }).probabilities.forEach((probability, i) => {
        assert.ok(Math.abs(Math.log(probability) - logs[i]!) < 1e-9);
      });
    }),
  );
});
