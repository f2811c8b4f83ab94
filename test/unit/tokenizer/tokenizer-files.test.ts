import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { RowlightError, type Reason } from '../../../src/server/errors';
import { createTokenizer, DEFAULT_TOKENIZER_CONFIG } from '../../../src/server/tokenizer/tokenizer';
import {
  parseTokenizerConfig,
  readTokenizerFiles,
  type TokenizerFiles,
} from '../../../src/server/tokenizer/tokenizer-files';
import { TEN_WORDS, tenWordVocabulary } from './ten-words';

const vocabTxt = TEN_WORDS.join('\n');

interface Overrides {
  readonly normalizer?: object;
  readonly model?: object;
  readonly added_tokens?: readonly object[];
  readonly pre_tokenizer?: object;
}

/** A `tokenizer.json` over the ten words. */
function tokenizerJson(overrides: Overrides = {}): string {
  return JSON.stringify({
    version: '1.0',
    added_tokens: overrides.added_tokens ?? [{ id: 3, content: '[SEP]', special: true, normalized: false }],
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
      ...overrides.normalizer,
    },
    pre_tokenizer: overrides.pre_tokenizer ?? { type: 'BertPreTokenizer' },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      vocab: Object.fromEntries(TEN_WORDS.map((word, id) => [word, id])),
      ...overrides.model,
    },
  });
}

test('the embedded model: either source of the vocabulary gives the same', () => {
  const read = (file: string): string => readFileSync(`models/zh-mini/${file}`, 'utf8');
  const tokenizerConfigJson = read('tokenizer_config.json');
  const fromText = readTokenizerFiles({ vocabTxt: read('vocab.txt'), tokenizerConfigJson }, 'zh-mini');
  const fromJson = readTokenizerFiles({ tokenizerJson: read('tokenizer.json'), tokenizerConfigJson }, 'zh-mini');
  assert.deepEqual(fromText.config, {
    lowercase: true,
    stripAccents: null,
    tokenizeChineseChars: true,
    maxLength: 256,
  });
  assert.deepEqual(fromJson.config, fromText.config);
  assert.deepEqual(fromJson.vocabulary.tokens, fromText.vocabulary.tokens);
  assert.equal(createTokenizer(fromText.vocabulary, fromText.config).encode('中'.repeat(300)).ids.length, 256);
});

test('vocab.txt alone means the defaults', () => {
  assert.deepEqual(readTokenizerFiles({ vocabTxt }, 'm'), {
    vocabulary: tenWordVocabulary,
    config: DEFAULT_TOKENIZER_CONFIG,
  });
});

test('tokenizer_config.json wins over tokenizer.json where it states a setting', () => {
  const files: TokenizerFiles = {
    tokenizerJson: tokenizerJson({
      normalizer: { lowercase: false, strip_accents: true, handle_chinese_chars: false },
    }),
    tokenizerConfigJson: '{"do_lower_case": true, "model_max_length": 64}',
  };
  const expected = { lowercase: true, stripAccents: true, tokenizeChineseChars: false, maxLength: 64 };
  assert.deepEqual(readTokenizerFiles(files, 'm').config, expected);
});

test('tokenizer_config.json: stated, absent, null and no limit', () => {
  assert.deepEqual(parseTokenizerConfig('{}', 'c'), {});
  assert.deepEqual(parseTokenizerConfig('{"strip_accents": null, "do_lower_case": null}', 'c'), { stripAccents: null });
  assert.deepEqual(
    parseTokenizerConfig(
      '{"do_lower_case": false, "strip_accents": false, "tokenize_chinese_chars": false, "model_max_length": 1e30}',
      'c',
    ),
    { lowercase: false, stripAccents: false, tokenizeChineseChars: false, maxLength: null },
  );
});

test('tokens that tokenizer.json adds are found in the text, beside a vocab.txt too', () => {
  const json = tokenizerJson({ added_tokens: [{ id: 15, content: '[E1]' }] });
  for (const files of [{ tokenizerJson: json }, { tokenizerJson: json, vocabTxt }]) {
    const { vocabulary, config } = readTokenizerFiles(files, 'm');
    const found = createTokenizer(vocabulary, config).encode('want[E1]ed');
    assert.deepEqual(found.tokens, ['[CLS]', 'want', '[E1]', '[UNK]', '[SEP]']);
    assert.deepEqual([...found.offsets], [0, 0, 0, 4, 4, 8, 8, 10, 0, 0]);
    assert.equal(vocabulary.tokens.length, 16);
  }
});

function fails(name: string, files: TokenizerFiles, reason: Reason, message: RegExp): void {
  test(name, () => {
    assert.throws(
      () => readTokenizerFiles(files, 'base'),
      (error) => {
        assert.ok(RowlightError.is(error, reason));
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  });
}

fails('no file at all', {}, 'bad-model', /^base: neither vocab\.txt nor tokenizer\.json\. Take/);
fails('a config alone', { tokenizerConfigJson: '{}' }, 'bad-model', /neither vocab\.txt/);
fails(
  'broken JSON',
  { vocabTxt, tokenizerConfigJson: '{' },
  'bad-model',
  /^base\/tokenizer_config\.json: not valid JSON/,
);
fails(
  'a setting of the wrong type',
  { vocabTxt, tokenizerConfigJson: '{"do_lower_case": "yes"}' },
  'bad-model',
  /do_lower_case: /,
);
fails(
  'a Japanese tokenizer',
  { vocabTxt, tokenizerConfigJson: '{"tokenizer_class": "BertJapaneseTokenizer"}' },
  'unsupported',
  /Japanese/,
);
fails('not an object', { tokenizerJson: '[]' }, 'bad-model', /^base\/tokenizer\.json: /);
fails(
  'a BPE model',
  { tokenizerJson: tokenizerJson({ model: { type: 'BPE' } }) },
  'unsupported',
  /model\.type is "BPE"/,
);
fails(
  'another normalizer',
  { tokenizerJson: tokenizerJson({ normalizer: { type: 'NFC' } }) },
  'unsupported',
  /normalizer\.type is "NFC"/,
);
fails(
  'another pre-tokenizer',
  { tokenizerJson: tokenizerJson({ pre_tokenizer: { type: 'ByteLevel' } }) },
  'unsupported',
  /pre_tokenizer\.type/,
);
fails(
  'no cleaning',
  { tokenizerJson: tokenizerJson({ normalizer: { clean_text: false } }) },
  'unsupported',
  /clean_text is false/,
);
fails(
  'longer words',
  { tokenizerJson: tokenizerJson({ model: { max_input_chars_per_word: 200 } }) },
  'unsupported',
  /max_input_chars_per_word is 200/,
);
fails(
  'an added token that eats spaces',
  { tokenizerJson: tokenizerJson({ added_tokens: [{ id: 4, content: '[MASK]', lstrip: true }] }) },
  'unsupported',
  /\[MASK\]: lstrip is true/,
);
fails(
  'a wild id',
  { tokenizerJson: tokenizerJson({ model: { vocab: { '[PAD]': 4e9 } } }) },
  'bad-model',
  /model\.vocab\.\[PAD\]: /,
);
fails(
  'an added token on a taken id',
  { vocabTxt, tokenizerJson: tokenizerJson({ added_tokens: [{ id: 5, content: '[E1]' }] }) },
  'bad-model',
  /want and \[E1\] have the same id 5/,
);
