import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { createTokenizer } from '../../../src/server/tokenizer/tokenizer';
import { parseVocabulary } from '../../../src/server/tokenizer/vocabulary';
import { offsetsInCodePoints } from './code-points';

/** One line of `test/golden/tokenizer/encodings-*.json`, written by Hugging Face tokenizers; offsets in code points. */
interface Case {
  readonly text: string;
  readonly pair?: string;
  readonly maxLength?: number;
  readonly stripAccents: boolean | null;
  readonly tokenizeChineseChars?: boolean;
  readonly tokens: readonly string[];
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
  readonly offsets: readonly number[];
  readonly truncated: boolean;
}

const vocabulary = parseVocabulary(readFileSync('models/zh-mini/vocab.txt'), 'models/zh-mini/vocab.txt');

for (const casing of ['uncased', 'cased']) {
  const { cases } = JSON.parse(readFileSync(`test/golden/tokenizer/encodings-${casing}.json`, 'utf8')) as {
    cases: readonly Case[];
  };
  describe(`${cases.length} encodings of Hugging Face tokenizers, ${casing}`, () => {
    for (const golden of cases) {
      const settings = {
        lowercase: casing === 'uncased',
        stripAccents: golden.stripAccents,
        tokenizeChineseChars: golden.tokenizeChineseChars ?? true,
        maxLength: null,
      };
      const { text, pair, maxLength } = golden;
      test(JSON.stringify({ ...settings, text, pair, maxLength }), () => {
        const found = createTokenizer(vocabulary, settings).encode(text, pair, maxLength);
        assert.deepEqual(
          {
            tokens: found.tokens,
            ids: [...found.ids],
            typeIds: [...found.typeIds],
            offsets: offsetsInCodePoints(found, text, pair),
            truncated: found.truncated,
          },
          {
            tokens: golden.tokens,
            ids: golden.ids,
            typeIds: golden.typeIds,
            offsets: golden.offsets,
            truncated: golden.truncated,
          },
        );
      });
    }
  });
}
