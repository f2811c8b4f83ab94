import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { createTokenizer } from '../../../src/server/tokenizer/tokenizer';
import { parseVocabulary } from '../../../src/server/tokenizer/vocabulary';
import { offsetsInCodePoints } from './code-points';

/** A case of transformers.js' own tests; tokens without `[CLS]` and `[SEP]`. */
interface Upstream {
  readonly name: string;
  readonly text: string;
  readonly tokens: readonly string[];
  readonly ids: readonly number[];
}

/** A case made with Hugging Face tokenizers 0.23.3; a kind that ends with 16 was cut to 16 tokens. */
interface Generated {
  readonly kind: string;
  readonly lowercase: boolean;
  readonly text: string;
  readonly text_pair?: string;
  readonly ids: readonly number[];
  readonly type_ids?: readonly number[];
  readonly tokens?: readonly string[];
  readonly offsets?: readonly (readonly [number, number])[];
}

const folder = process.env['ROWLIGHT_DATA'] ?? '';
const goldens = join(folder, 'conformance_bert_tokenizer');
const vocabularyFile = join(folder, 'bert_base_chinese_vocab', 'vocab.txt');
const skip =
  !folder || !existsSync(goldens) || !existsSync(vocabularyFile)
    ? 'set ROWLIGHT_DATA to a folder with conformance_bert_tokenizer and bert_base_chinese_vocab'
    : false;

describe('the 21,128-entry Chinese vocabulary', { skip }, () => {
  if (skip) return;
  const vocabulary = parseVocabulary(readFileSync(vocabularyFile), vocabularyFile);
  const read = (file: string): unknown => JSON.parse(readFileSync(join(goldens, file), 'utf8'));
  const tokenizers = [false, true].map((lowercase) =>
    createTokenizer(vocabulary, { lowercase, stripAccents: null, tokenizeChineseChars: true, maxLength: null }),
  );

  const upstream = Object.entries(read('goldens_zh_21128.json') as Record<string, readonly Upstream[]>);
  test('all cases are there', () => assert.equal(upstream.flatMap(([, cases]) => cases).length, 26));
  for (const [model, cases] of upstream) {
    const tokenizer = tokenizers[model.includes('small') ? 0 : 1]!;
    for (const { name, text, tokens, ids } of cases) {
      test(`${model}: ${name}`, () => {
        const found = tokenizer.encode(text);
        assert.deepEqual([...found.ids], ids);
        assert.deepEqual(found.tokens.slice(1, -1), tokens);
      });
    }
  }

  const { cases } = read('goldens_zh_generated_by_hf.json') as { cases: readonly Generated[] };
  test('all generated cases are there', () => assert.equal(cases.length, 614));
  for (const golden of cases) {
    test(`${golden.kind} ${golden.lowercase ? 'uncased' : 'cased'} ${JSON.stringify(golden.text.slice(0, 40))}`, () => {
      const tokenizer = tokenizers[golden.lowercase ? 1 : 0]!;
      const { text, text_pair: pair } = golden;
      const found = tokenizer.encode(text, pair, golden.kind.endsWith('16') ? 16 : undefined);
      assert.deepEqual([...found.ids], golden.ids);
      if (golden.tokens) assert.deepEqual(found.tokens, golden.tokens);
      if (golden.type_ids) assert.deepEqual([...found.typeIds], golden.type_ids);
      if (golden.offsets) assert.deepEqual(offsetsInCodePoints(found, text, pair), golden.offsets.flat());
    });
  }
});
