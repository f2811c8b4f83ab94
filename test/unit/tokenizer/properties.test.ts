import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Encoding } from '../../../src/server/tokenizer/encoding';
import { createTokenizer, DEFAULT_TOKENIZER_CONFIG } from '../../../src/server/tokenizer/tokenizer';
import { parseVocabulary } from '../../../src/server/tokenizer/vocabulary';
import { anyString, anyText } from './arbitrary-text';
import { offsetsInCodePoints } from './code-points';

const vocabulary = parseVocabulary(readFileSync('models/zh-mini/vocab.txt'), 'models/zh-mini/vocab.txt');
const uncased = createTokenizer(vocabulary, DEFAULT_TOKENIZER_CONFIG);
const cased = createTokenizer(vocabulary, { ...DEFAULT_TOKENIZER_CONFIG, lowercase: false });
const eitherTokenizer = fc.constantFrom(uncased, cased);
const maybePair = fc.option(anyString, { nil: undefined });

/** Tokens of the text and of its pair, special tokens aside: token, start, end. */
function partsOf({ tokens, offsets, typeIds }: Encoding): [string, number, number][][] {
  const parts: [string, number, number][][] = [[], []];
  tokens.forEach((token, at) => {
    const start = offsets[2 * at]!;
    const end = offsets[2 * at + 1]!;
    if (end > 0) parts[typeIds[at]!]!.push([token, start, end]);
  });
  return parts;
}

test('any string and any limit: never throws, keeps to the limit, and the arrays fit each other', () => {
  fc.assert(
    fc.property(
      eitherTokenizer,
      anyString,
      maybePair,
      fc.integer({ min: 3, max: 40 }),
      (tokenizer, text, pair, limit) => {
        const { ids, typeIds, tokens, offsets, truncated } = tokenizer.encode(text, pair, limit);
        assert.ok(ids.length <= limit);
        assert.equal(typeIds.length, ids.length);
        assert.equal(tokens.length, ids.length);
        assert.equal(offsets.length, 2 * ids.length);
        assert.equal(ids[0], vocabulary.clsId);
        assert.equal(ids.at(-1), vocabulary.sepId);
        ids.forEach((id, at) => assert.equal(tokens[at], vocabulary.tokens[id]));
        if (truncated) assert.equal(ids.length, limit);
      },
    ),
    { numRuns: 2000 },
  );
});

test('offsets rise, stay inside their own text, and never overlap but within one character', () => {
  fc.assert(
    fc.property(eitherTokenizer, anyString, maybePair, (tokenizer, text, pair) => {
      const parts = partsOf(tokenizer.encode(text, pair));
      for (const [part, own] of [
        [parts[0]!, text],
        [parts[1]!, pair ?? ''],
      ] as const) {
        let last: [number, number] = [0, 0];
        for (const [, start, end] of part) {
          assert.ok(start < end && end <= own.length);
          // A character that became several (a Hangul syllable) may be shared by several tokens.
          assert.ok(start >= last[1] || (start >= last[0] && last[1] <= end && last[1] - start <= 2));
          last = [start, end];
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('offsets never divide a character', () => {
  fc.assert(
    fc.property(eitherTokenizer, anyText, fc.option(anyText, { nil: undefined }), (tokenizer, text, pair) => {
      offsetsInCodePoints(tokenizer.encode(text, pair), text, pair);
    }),
    { numRuns: 1000 },
  );
});

test('cased, ASCII and Chinese: the original between the offsets spells the token', () => {
  const plain = fc.string({ unit: fc.constantFrom(...'abcde fghi,.!?123 的一是不了人，。'), maxLength: 40 });
  fc.assert(
    fc.property(plain, (text) => {
      for (const [token, start, end] of partsOf(cased.encode(text))[0]!) {
        if (token !== '[UNK]') assert.equal(text.slice(start, end), token.replace(/^##/, ''));
      }
    }),
    { numRuns: 1000 },
  );
});

test('a limit cuts tokens off and changes none, so reading no further than needed is not seen', () => {
  fc.assert(
    fc.property(anyString, maybePair, fc.integer({ min: 3, max: 70 }), (text, pair, limit) => {
      const whole = partsOf(uncased.encode(text, pair));
      const cut = uncased.encode(text, pair, limit);
      partsOf(cut).forEach((part, at) => assert.deepEqual(part, whole[at]!.slice(0, part.length)));
      const kept = partsOf(cut).flat().length;
      assert.equal(cut.truncated, kept < whole.flat().length);
      if (cut.truncated) assert.equal(cut.ids.length, limit);
    }),
    { numRuns: 2000 },
  );
});

test('a long text, taken in chunks, has the tokens of its words taken alone', () => {
  const word = fc
    .array(fc.constantFrom(...'abcé中文，İ한\u000b\u200b😀'), { minLength: 7, maxLength: 30 })
    .map((c) => c.join(''));
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 300, maxLength: 600 }),
      fc.constantFrom(true, false),
      (words, tokenizeChineseChars) => {
        const tokenizer = createTokenizer(vocabulary, { ...DEFAULT_TOKENIZER_CONFIG, tokenizeChineseChars });
        const expected: [string, number, number][] = [];
        let shift = 0;
        for (const one of words) {
          for (const [token, start, end] of partsOf(tokenizer.encode(one))[0]!)
            expected.push([token, start + shift, end + shift]);
          shift += one.length + 1;
        }
        assert.ok(shift > 2048);
        assert.deepEqual(partsOf(tokenizer.encode(words.join(' ')))[0], expected);
      },
    ),
    // Shrinking hundreds of words takes minutes; the seed that is printed repeats the failure.
    { numRuns: 15, endOnFailure: true },
  );
});
