import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assemble, truncateLongestFirst } from '../../../src/server/tokenizer/encode';
import type { Pieces } from '../../../src/server/tokenizer/wordpiece';
import { tenWordVocabulary } from './ten-words';

/** `count` tokens of one id, each one unit long. */
function pieces(id: number, count: number): Pieces {
  return {
    ids: Array<number>(count).fill(id),
    spans: Array.from({ length: count }, (_, i) => [i, i + 1]).flat(),
  };
}

test('a single text', () => {
  const found = assemble(tenWordVocabulary, pieces(5, 2), undefined, Infinity);
  assert.deepEqual([...found.ids], [2, 5, 5, 3]);
  assert.deepEqual([...found.typeIds], [0, 0, 0, 0]);
  assert.deepEqual([...found.offsets], [0, 0, 0, 1, 1, 2, 0, 0]);
  assert.deepEqual(found.tokens, ['[CLS]', 'want', 'want', '[SEP]']);
  assert.equal(found.truncated, false);
});

test('a pair', () => {
  const found = assemble(tenWordVocabulary, pieces(5, 1), pieces(9, 2), Infinity);
  assert.deepEqual([...found.ids], [2, 5, 3, 9, 9, 3]);
  assert.deepEqual([...found.typeIds], [0, 0, 0, 1, 1, 1]);
  assert.deepEqual([...found.offsets], [0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 0, 0]);
});

test('the limit counts the special tokens', () => {
  assert.equal(assemble(tenWordVocabulary, pieces(5, 4), undefined, 6).truncated, false);
  const cut = assemble(tenWordVocabulary, pieces(5, 5), undefined, 6);
  assert.deepEqual([...cut.ids], [2, 5, 5, 5, 5, 3]);
  assert.equal(cut.truncated, true);
});

test('a limit below the special tokens leaves just them', () => {
  for (const limit of [-1, 0, 1, 2]) {
    assert.deepEqual([...assemble(tenWordVocabulary, pieces(5, 1), undefined, limit).ids], [2, 3]);
    assert.deepEqual([...assemble(tenWordVocabulary, pieces(5, 1), pieces(5, 1), limit).ids], [2, 3, 3]);
  }
});

test('an empty second text is still a pair', () => {
  assert.deepEqual([...assemble(tenWordVocabulary, pieces(5, 1), pieces(5, 0), 9).ids], [2, 5, 3, 3]);
});

describe('longest first', () => {
  const cases: readonly (readonly [number, number, number, number, number])[] = [
    // a, b, room → kept of a, kept of b
    [3, 4, 7, 3, 4],
    [3, 9, 7, 3, 4],
    [9, 3, 7, 4, 3],
    [9, 9, 8, 4, 4],
    [9, 9, 7, 3, 4],
    [10, 9, 7, 4, 3],
    [9, 10, 7, 3, 4],
    [1, 9, 7, 1, 6],
    [0, 9, 7, 0, 7],
    [9, 0, 7, 7, 0],
    [4, 9, 7, 3, 4],
    [1, 1, 1, 0, 1],
    [5, 5, 0, 0, 0],
  ];
  for (const [a, b, room, keptA, keptB] of cases) {
    test(`${a} + ${b} into ${room}`, () => assert.deepEqual(truncateLongestFirst(a, b, room), [keptA, keptB]));
  }
});
