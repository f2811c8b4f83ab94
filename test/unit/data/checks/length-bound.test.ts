import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mostPieces } from '../../../../src/server/data/checks/length-bound';
import { createTokenizer, DEFAULT_TOKENIZER_CONFIG } from '../../../../src/server/tokenizer/tokenizer';
import { buildVocabulary } from '../../../../src/server/tokenizer/vocabulary';
import { anyString } from '../../tokenizer/arbitrary-text';

test('no text has more pieces than its bound, with a vocabulary of single letters and of their parts', () => {
  // Jamo and their endings: the vocabulary that cuts Hangul syllables into the most pieces.
  const jamo = Array.from({ length: 0x11c3 - 0x1100 }, (_, at) => String.fromCharCode(0x1100 + at));
  const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789的一是', ...jamo];
  const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...letters, ...letters.map((letter) => `##${letter}`)];
  const vocabulary = buildVocabulary(new Map(words.map((word, id) => [word, id])), words.length, 'test');
  const tokenizer = createTokenizer(vocabulary, DEFAULT_TOKENIZER_CONFIG);
  const hangul = fc.string({ unit: fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(fc.oneof(anyString, hangul, fc.string({ unit: 'binary' })), (text) => {
      assert.ok(tokenizer.encode(text).tokens.length - 2 <= mostPieces(text), JSON.stringify(text));
    }),
    { numRuns: 300 },
  );
  assert.equal(mostPieces('怎么补办身份证？'), 8);
  assert.equal(tokenizer.encode('각'.repeat(10)).tokens.length, 32, 'three pieces a syllable');
});
