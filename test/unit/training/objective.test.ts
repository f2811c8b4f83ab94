import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowlightError } from '../../../src/server/errors';
import { DEFAULT_OBJECTIVE, type Objective, lossSettings } from '../../../src/server/training/losses/objective';

const labels = ['广告', '正常', 'a=b'];
const settings = (changes: Partial<Objective>, truth: number[] = [0, 1, 1, 1, 2, 2]) =>
  lossSettings({ ...DEFAULT_OBJECTIVE, ...changes }, labels, truth);
const refused = (changes: Partial<Objective>, pattern: RegExp): void => {
  assert.throws(
    () => settings(changes),
    (error: unknown) => RowlightError.is(error, 'bad-argument') && pattern.test(error.message),
  );
};

test('balanced weights are those of scikit-learn: every label weighs the same in all', () => {
  assert.deepEqual(settings({ classWeights: 'balanced' }).classWeights, [2, 6 / 9, 1]);
  assert.equal(settings({}).classWeights, undefined);
  assert.deepEqual(settings({ classWeights: 'balanced' }, [1, 1]).classWeights, [1, 1 / 3, 1]);
});

test('weights by label; those left out weigh 1, and a label may hold an equals sign', () => {
  assert.deepEqual(settings({ classWeights: '广告=3, a=b=0.5' }).classWeights, [3, 1, 0.5]);
});

test('what makes no sense is refused in one line', () => {
  refused({ classWeights: '广告' }, /LABEL=WEIGHT/);
  refused({ classWeights: '广告=0' }, /above 0/);
  refused({ classWeights: '花=2' }, /no such label; there are: 广告, 正常, a=b/);
  refused({ positive: '花' }, /--positive 花: no such label/);
  refused({ loss: 'focal', labelSmoothing: 0.1 }, /--label-smoothing goes with/);
  refused({ loss: 'soft-f1', classWeights: 'balanced' }, /--class-weights has no meaning/);
});

test('the positive label is known by its id', () => {
  assert.equal(settings({ positive: '正常' }).positive, 1);
});
