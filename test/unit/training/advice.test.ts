import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Judged, type Patience, adviseAfter, isBetter } from '../../../src/server/training/advice';

const of = (...accuracies: number[]): Judged[] => accuracies.map((accuracy) => ({ accuracy, macroF1: 0, loss: 1 }));
const patience = (changes: Partial<Patience>): Patience => ({
  metric: 'accuracy',
  stopAfter: 0,
  plateauAfter: 0,
  plateauFactor: 0.5,
  ...changes,
});

test('training stops after so many evaluations without a better one, equal ones counted', () => {
  const three = patience({ stopAfter: 3 });
  assert.equal(adviseAfter([], three).stop, false);
  assert.equal(adviseAfter(of(0.5, 0.5, 0.4), three).stop, false);
  assert.equal(adviseAfter(of(0.5, 0.5, 0.4, 0.6, 0.6), three).stop, false);
  assert.equal(adviseAfter(of(0.5, 0.5, 0.4, 0.3), three).stop, true);
  assert.equal(adviseAfter(of(0.5, 0.5, 0.4, 0.3), patience({})).stop, false);
});

test('the rate is lowered after each plateau, and not again at once', () => {
  const two = patience({ plateauAfter: 2 });
  assert.equal(adviseAfter(of(0.5, 0.4), two).factor, 1);
  assert.equal(adviseAfter(of(0.5, 0.4, 0.4), two).factor, 0.5);
  assert.equal(adviseAfter(of(0.5, 0.4, 0.4, 0.4), two).factor, 0.5);
  assert.equal(adviseAfter(of(0.5, 0.4, 0.4, 0.4, 0.4), two).factor, 0.25);
  assert.equal(adviseAfter(of(0.5, 0.4, 0.6, 0.4, 0.7), two).factor, 1);
});

test('a score that is no number is never the best', () => {
  const lost: Judged = { accuracy: Number.NaN, macroF1: Number.NaN, loss: Number.NaN };
  const found: Judged = { accuracy: 0, macroF1: 0, loss: 9 };
  for (const metric of ['macro-f1', 'accuracy', 'loss'] as const) {
    assert.equal(isBetter(metric, lost, found), false);
    assert.equal(isBetter(metric, found, lost), true);
  }
  assert.equal(adviseAfter([found, lost, lost], patience({ stopAfter: 2 })).stop, true);
});

test('equal scores are decided by the loss', () => {
  const [one, other] = [{ accuracy: 0.5, macroF1: 0.5, loss: 0.7 }, { accuracy: 0.5, macroF1: 0.5, loss: 0.8 }]; // prettier-ignore
  assert.equal(isBetter('macro-f1', one, other), true);
  assert.equal(isBetter('macro-f1', other, one), false);
});
