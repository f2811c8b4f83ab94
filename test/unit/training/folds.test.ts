import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Example } from '../../../src/server/data/example';
import { dealFolds, mostFolds } from '../../../src/server/training/folds';
import { shuffledIndices } from '../../../src/server/training/random';
import { duplicateKey } from '../../../src/server/training/split';

/** Few texts, labels and groups, so that duplicates, also under different labels, and chains of groups are common. */
const rows = fc.array(
  fc.record({
    text: fc.constantFrom('a', 'ａ', 'b', ' b', 'c  d', 'c d', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'),
    label: fc.constantFrom('x', 'y', 'z'),
    group: fc.constantFrom('', '', 'one', 'two', 'three', 'four'),
  }),
);
/** Every text its own. */
const distinct = fc.array(fc.constantFrom('x', 'x', 'x', 'y', 'z'), { maxLength: 60 });
const settings = fc.record({ folds: fc.integer({ min: 2, max: 6 }), stratified: fc.boolean(), seed: fc.nat() });

const numbered = (own: readonly { text: string; label: string }[]): Example[] =>
  own.map(({ text, label }, row) => ({ row, text, label }));

/** Rows a fold, of one label or of all. */
function sizes(dealt: ArrayLike<number>, folds: number, counts: (position: number) => boolean = () => true): number[] {
  const found = new Array<number>(folds).fill(0);
  Array.from(dealt).forEach((fold, position) => {
    if (counts(position)) found[fold]!++;
  });
  return found;
}

describe('dealFolds', () => {
  test('gives every row one fold; no text and no group is in two', () => {
    fc.assert(
      fc.property(rows, settings, fc.boolean(), (own, chosen, grouped) => {
        const examples = numbered(own);
        const dealt = dealFolds(examples, grouped ? { ...chosen, groupOf: (at) => own[at]!.group } : chosen);
        assert.equal(dealt.length, own.length);
        const foldOf = new Map<string, number>();
        dealt.forEach((fold, at) => {
          assert.ok(fold >= 0 && fold < chosen.folds);
          const group = grouped && own[at]!.group !== '' ? [`group ${own[at]!.group}`] : [];
          for (const key of [`text ${duplicateKey(examples[at]!)}`, ...group]) {
            assert.equal(foldOf.get(key) ?? fold, fold, key);
            foldOf.set(key, fold);
          }
        });
      }),
    );
  });

  test('leaves no fold empty while there are rows that need not stay together', () => {
    fc.assert(
      fc.property(rows, settings, fc.boolean(), (own, chosen, grouped) => {
        const groupOf = (at: number) => own[at]!.group;
        const examples = numbered(own);
        const most = mostFolds(examples, grouped ? groupOf : undefined);
        fc.pre(most >= chosen.folds);
        const dealt = dealFolds(examples, { ...chosen, stratified: false, ...(grouped ? { groupOf } : {}) });
        assert.ok(Math.min(...sizes(dealt, chosen.folds)) > 0);
      }),
    );
  });

  test('of different texts, every fold has as many, give or take one; stratified, of every label', () => {
    fc.assert(
      fc.property(distinct, settings, (labels, chosen) => {
        const dealt = dealFolds(numbered(labels.map((label, at) => ({ text: `text ${at}`, label }))), chosen);
        const even = (counts: number[]) => assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join(' '));
        if (!chosen.stratified) even(sizes(dealt, chosen.folds));
        else for (const label of ['x', 'y', 'z']) even(sizes(dealt, chosen.folds, (at) => labels[at] === label));
      }),
    );
  });

  test('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(rows, settings, (own, chosen) => {
        const moved = [...shuffledIndices(own.length, chosen.seed, 1)].map((at) => own[at]!);
        const dealt = (of: typeof own) => {
          const folds = dealFolds(numbered(of), { ...chosen, groupOf: (at) => of[at]!.group });
          return new Map(of.map((row, at) => [row, folds[at]]));
        };
        const [one, other] = [dealt(own), dealt(moved)];
        for (const row of own) assert.equal(one.get(row), other.get(row));
      }),
    );
  });

  test('where rows have several labels, every label is spread, the rare ones too; rows without any count as a label', () => {
    const sets = Array.from({ length: 200 }, (_, at) => [
      ...(at % 2 === 0 ? ['often'] : []),
      ...(at % 3 === 0 ? ['sometimes'] : []),
      ...(at % 37 === 5 ? ['rare'] : []),
    ]);
    const examples = numbered(sets.map((own, at) => ({ text: `text ${at}`, label: own.join('|') })));
    for (const seed of [1, 2, 3]) {
      const dealt = dealFolds(examples, { folds: 5, stratified: true, seed, labelsOf: (at) => sets[at]! });
      const spreadOf = (counts: number[]) => Math.max(...counts) - Math.min(...counts);
      for (const label of ['often', 'sometimes', 'rare'])
        assert.ok(spreadOf(sizes(dealt, 5, (at) => sets[at]!.includes(label))) <= 1, label);
      assert.ok(spreadOf(sizes(dealt, 5, (at) => sets[at]!.length === 0)) <= 1);
      assert.ok(spreadOf(sizes(dealt, 5)) <= 2);
    }
  });

  test('another seed deals otherwise', () => {
    const examples = numbered(Array.from({ length: 40 }, (_, at) => ({ text: `text ${at}`, label: 'x' })));
    const dealt = (seed: number) => [...dealFolds(examples, { folds: 5, stratified: true, seed })];
    assert.deepEqual(dealt(1), dealt(1));
    assert.notDeepEqual(dealt(1), dealt(2));
  });
});

/** What scikit-learn 1.7.2 dealt; `scripts/golden/folds.py`. */
interface Case {
  readonly folds: number;
  readonly labels: number[];
  readonly groups: number[];
  readonly dealt: number[];
}

const { cases } = JSON.parse(readFileSync('test/golden/folds/cases.json', 'utf8')) as { cases: Case[] };

for (const { folds, labels, groups, dealt } of cases) {
  const [kinds, most] = [new Set(labels).size, new Set(groups).size];
  test(`${labels.length} rows of ${kinds} labels in ${most} groups are dealt to ${folds} folds no less evenly than by scikit-learn`, () => {
    const examples = labels.map((label, row) => ({ row, text: `text ${row}`, label: String(label) }));
    const groupOf = (at: number) => String(groups[at]);
    /** Mean over the labels of the standard deviation of their shares over the folds: what scikit-learn makes small too. */
    const unevenness = (of: ArrayLike<number>) => {
      const spreads = [...new Set(labels)].map((label) => {
        const shares = sizes(of, folds, (at) => labels[at] === label).map(
          (count) => count / labels.filter((own) => own === label).length,
        );
        return Math.sqrt(shares.reduce((sum, share) => sum + (share - 1 / folds) ** 2, 0) / folds);
      });
      return spreads.reduce((sum, spread) => sum + spread, 0) / spreads.length;
    };
    const results = [1, 2, 3, 4, 5].map((seed) =>
      unevenness(dealFolds(examples, { folds, stratified: true, seed, groupOf })),
    );
    const theirs = unevenness(dealt);
    assert.ok(Math.max(...results) <= theirs * 1.05 + 1e-9, `${results.join(' ')} against ${theirs}`);
  });
}
