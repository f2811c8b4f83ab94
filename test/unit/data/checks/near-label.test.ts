import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, foldLabel, nearness } from '../../../../src/server/data/checks/near-label';
import { judgeLabels, type LabelIssue } from '../../../../src/server/data/checks/labels';

const word = fc.array(fc.constantFrom('a', 'b', 'c', '户', '政', '𠮷'), { maxLength: 8 });

test('the edit distance is a distance: zero for equals alone, symmetric, at most the longer length, one for one slip', () => {
  fc.assert(
    fc.property(word, word, fc.nat(8), fc.nat(7), (a, b, at, to) => {
      const distance = editDistance(a, b);
      assert.equal(distance === 0, a.join('') === b.join(''));
      assert.equal(distance, editDistance(b, a));
      assert.ok(distance <= Math.max(a.length, b.length));
      assert.ok(distance >= Math.abs(a.length - b.length));
      const place = Math.min(at, a.length);
      assert.equal(editDistance(a, [...a.slice(0, place), 'x', ...a.slice(place)]), 1, 'one letter put in');
      if (to + 1 < a.length && a[to] !== a[to + 1]) {
        const swapped = [...a.slice(0, to), a[to + 1]!, a[to]!, ...a.slice(to + 2)];
        assert.equal(editDistance(a, swapped), 1, 'two letters swapped');
      }
    }),
  );
});

test('a folded label has no width, case and blanks, and folding twice is folding once', () => {
  assert.equal(foldLabel(' ＡＢＣ　１ '), 'abc 1');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(foldLabel(foldLabel(text)), foldLabel(text))),
  );
});

test('what is near', () => {
  const near: [string, string][] = [
    ['postive', 'positive'],
    ['户证管理', '户政管理'],
    ['ABC', 'ａｂｃ'],
    ['道路交 通', '道路交通'],
  ];
  for (const [a, b] of near) assert.notEqual(nearness(a, b, false), undefined, `${a} ${b}`);
  const far: [string, string][] = [
    ['体育', '教育'],
    ['class 1', 'class 2'],
    ['10', '11'],
    ['sports', 'politics'],
    ['甲', '乙'],
  ];
  for (const [a, b] of far) assert.equal(nearness(a, b, false), undefined, `${a} ${b}`);
  assert.equal(nearness('教玉', '教育', true), 1, 'a label known to be wrong is compared generously');
  assert.equal(nearness('a', 'b', true), undefined);
});

function judge(counts: Record<string, number>, declared?: string[]): Record<string, LabelIssue> {
  const work = judgeLabels(new Map(Object.entries(counts)), declared);
  for (;;) {
    const { done, value } = work.next();
    if (done) return Object.fromEntries(value);
  }
}

test('with declared labels every other is wrong, with the nearest as what was meant', () => {
  assert.deepEqual(judge({ 户政管理: 9, 户证管理: 1, ' 别的': 3, '户政管理 ': 2 }, ['户政管理', '道路交通']), {
    户证管理: { meant: '户政管理', form: false },
    ' 别的': {},
    '户政管理 ': { meant: '户政管理', form: true },
  });
});

test('without declared labels: rare slips for frequent labels, and the rarer of two forms', () => {
  const counts = { positive: 50, postive: 2, negative: 40, Negative: 30, 体育: 100, 教育: 1, postitive: 3 };
  assert.deepEqual(judge(counts), {
    postive: { meant: 'positive', form: false },
    Negative: { meant: 'negative', form: true },
  });
});

test('no label is judged to be a slip for itself or for one that is judged too by its form', () => {
  const label = fc.constantFrom('abc', 'ABC', 'abd', 'ａｂｃ', 'xyz', 'abcd');
  fc.assert(
    fc.property(fc.dictionary(label, fc.integer({ min: 1, max: 20 })), (counts) => {
      const issues = judge(counts);
      for (const [own, { meant, form }] of Object.entries(issues)) {
        assert.notEqual(meant, own);
        assert.ok(meant !== undefined && meant in counts);
        if (form) assert.notEqual(issues[meant]?.form, true, `${own} → ${meant}`);
      }
    }),
  );
});
