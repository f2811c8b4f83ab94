import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finish } from '../../support/finish';
import { chooseNextRow, leastSure, marginOf } from '../../../src/server/inference/next-row';
import { spread } from '../../../src/server/inference/spread';

const inputs = (...texts: string[]) => texts.map((text) => ({ text }));
const base = { labelled: [], margins: [], rows: 0, labels: 0, unit: 'characters' as const };

test('at first the row that most others resemble, never the outlier', () => {
  const candidates = inputs('ＱＺＸ怪异文字串', '身份证怎么补办', '身份证怎么换领', '补办身份证多久', '闯红灯罚多少钱');
  const chosen = finish(chooseNextRow({ ...base, candidates }));
  assert.ok([1, 2, 3].includes(chosen), String(chosen));
});

test('what is labelled already needs no more of its like', () => {
  const candidates = inputs('身份证怎么换领', '补办身份证多久', '闯红灯罚多少钱', '闯红灯扣几分');
  const chosen = finish(chooseNextRow({ ...base, candidates, labelled: inputs('身份证怎么补办多久'), rows: 1 }));
  assert.ok([2, 3].includes(chosen), String(chosen));
});

test('with many labels the row that is least sure', () => {
  const candidates = inputs('身份证怎么换领', '补办身份证多久', '闯红灯罚多少钱', '闯红灯扣几分');
  const margins = [0.9, 0.8, 0.9, 0.05];
  const rows = 10_000;
  assert.equal(finish(chooseNextRow({ ...base, candidates, margins, rows, labels: 2 })), 3);
  assert.equal(leastSure(margins), 3);
  assert.equal(leastSure([undefined]), -1);
});

test('the margin is the lead of the first over the second', () => {
  assert.ok(Math.abs(marginOf([0.2, 0.5, 0.3]) - 0.2) < 1e-12);
  assert.equal(marginOf([1]), 1);
  assert.equal(marginOf([0.5, 0.5]), 0);
});

test('always a candidate, always the same one; evenly spread places are distinct and in order', () => {
  const text = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.array(text, { maxLength: 10 }), (some, others) => {
      const facts = { ...base, candidates: inputs(...some), labelled: inputs(...others), rows: others.length };
      const chosen = finish(chooseNextRow(facts));
      assert.equal(chosen, finish(chooseNextRow(facts)));
      assert.ok(some.length === 0 ? chosen === -1 : chosen >= 0 && chosen < some.length);
    }),
  );
  fc.assert(
    fc.property(fc.nat(500), fc.integer({ min: 1, max: 100 }), (count, most) => {
      const places = spread(count, most);
      assert.equal(places.length, Math.min(count, most));
      assert.ok(places.every((place, at) => place < count && (at === 0 ? place === 0 : place > places[at - 1]!)));
    }),
  );
});
