import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hintText, MAX_HINT, percent } from '../../../src/server/lsp/hint-text';

test('a hint: on an unlabelled row, where it agrees, where it differs, with a long label', () => {
  assert.equal(hintText('交通', 0.971, undefined), '交通 97%');
  assert.equal(hintText('交通', 0.98, '交通'), '· 98%');
  assert.equal(hintText('交通', 0.97, '治安'), '→ 交通 97%');
  assert.equal(hintText('a very long label indeed', 0.5, undefined), 'a very long lab… 50%');
  assert.equal(hintText('👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 0.5, undefined), '👨‍👩‍👧‍👦… 50%', 'whole characters are kept');
});

test('a hint is never longer than its share of the line', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(fc.string()),
      (label, p, given) => {
        const hint = hintText(label, p, given ?? undefined);
        assert.ok(hint.length <= MAX_HINT, hint);
        assert.ok(!/[\r\n]/.test(hint));
      },
    ),
  );
});

test('100 % is never said of less than 99.95 %', () => {
  const cases: [number, string][] = [
    [1, '100%'],
    [0.9995, '100%'],
    [0.99949, '99.9%'],
    [0.9949, '99%'],
    [0.995, '99.5%'],
    [0.004, '<1%'],
    [0.5, '50%'],
  ];
  for (const [probability, expected] of cases) assert.equal(percent(probability), expected);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.9995, maxExcluded: true, noNaN: true }), (p) => percent(p) !== '100%'),
  );
  assert.equal(percent(Number.NaN), '—');
});
