import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Tokenizer as Reference } from '@huggingface/tokenizers';
import fc from 'fast-check';

import { createTokenizer } from '../../../src/server/tokenizer/tokenizer';
import { isNonspacingMark, isPunctuation, isRemoved } from '../../../src/server/tokenizer/unicode';
import { parseVocabulary } from '../../../src/server/tokenizer/vocabulary';
import { anyText } from './arbitrary-text';

/*
 * Against `@huggingface/tokenizers`, an independent implementation in JavaScript. Where it departs from the Rust library, the Rust library
 * (the goldens) is the authority, and the generator leaves such characters out:
 */
const departs = (character: string): boolean => {
  const codePoint = character.codePointAt(0)!;
  return (
    // It looks at UTF-16 units, so that ideographs beyond the basic plane get no spaces.
    (codePoint >= 0x20000 && codePoint <= 0x323af) ||
    // It lower-cases whole texts: a capital sigma at a word's end becomes a final sigma.
    character === 'Σ' ||
    // It takes marks, punctuation and format characters as the engine's newer Unicode has them.
    /\p{Mn}/u.test(character) !== isNonspacingMark(codePoint) ||
    (codePoint > 0x7f && /\p{P}/u.test(character) !== isPunctuation(codePoint)) ||
    (/\p{Cf}/u.test(character) && !isRemoved(codePoint)) ||
    // It puts the spacing marks that have a place in canonical order (Hangul tone marks, some viramas) in that order across characters.
    (/\p{Mc}/u.test(character) && !`\u0301${character}`.normalize('NFD').startsWith('\u0301'))
  );
};

const withoutDepartures = anyText.map((text) => [...text].filter((character) => !departs(character)).join(''));

const json = JSON.parse(readFileSync('models/zh-mini/tokenizer.json', 'utf8')) as { normalizer: object };
const vocabulary = parseVocabulary(readFileSync('models/zh-mini/vocab.txt'), 'models/zh-mini/vocab.txt');

for (const lowercase of [true, false]) {
  for (const stripAccents of [null, !lowercase]) {
    test(`ids and tokens of random texts, lowercase ${lowercase}, strip accents ${stripAccents}`, () => {
      const normalizer = { ...json.normalizer, lowercase, strip_accents: stripAccents };
      const reference = new Reference({ ...json, normalizer }, {});
      const ours = createTokenizer(vocabulary, {
        lowercase,
        stripAccents,
        tokenizeChineseChars: true,
        maxLength: null,
      });
      fc.assert(
        fc.property(withoutDepartures, (text) => {
          const expected = reference.encode(text);
          const found = ours.encode(text);
          assert.deepEqual([...found.ids], expected.ids);
          assert.deepEqual(found.tokens, expected.tokens);
        }),
        { numRuns: 1500 },
      );
    });
  }
}
