import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseNumber } from '../../src/extension/commands/parse-number';
import { advance, timeLeft } from '../../src/extension/progress-text';

test('numbers of a run: scientific notation, bounds, whole numbers', () => {
  const rate = { whole: false, least: 1e-8, most: 1 };
  const size = { whole: true, least: 1, most: 1024 };
  assert.equal(parseNumber('2e-5', rate), 2e-5);
  assert.equal(parseNumber(' 32 ', size), 32);
  for (const text of ['', ' ', 'x', '0', '2', 'NaN', 'Infinity'])
    assert.equal(parseNumber(text, rate), undefined, text);
  for (const text of ['0', '1.5', '1025', '-1']) assert.equal(parseNumber(text, size), undefined, text);
});

test('time left', () => {
  const cases: [number, string][] = [
    [0, '0:00'],
    [9.6, '0:10'],
    [125, '2:05'],
    [3723, '1:02:03'],
    [-1, '0:00'],
  ];
  for (const [seconds, expected] of cases) assert.equal(timeLeft(seconds), expected);
});

test('a progress bar never goes back, never beyond its end, and reaches it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.nat(600)), (totalSteps, steps) => {
      let reached = 0;
      for (const step of [...steps, totalSteps]) {
        const increment = advance({ step, totalSteps }, reached);
        assert.ok(increment >= 0);
        reached += increment;
        assert.ok(reached <= 100 + 1e-9);
      }
      assert.ok(Math.abs(reached - 100) < 1e-9);
    }),
  );
  assert.equal(advance({ step: 3 }, 0), 0, 'the number of steps is not known yet');
});
