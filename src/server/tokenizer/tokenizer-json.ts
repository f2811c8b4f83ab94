import { z } from 'zod';

import { RowlightError } from '../errors';
import type { NormalizerSettings } from './normalize';
import { MAX_WORD_CODE_POINTS } from './wordpiece';
import { parseJson } from '../parse-json';

/** What a `tokenizer.json` of Hugging Face `tokenizers` says about a BERT WordPiece tokenizer. */
export interface TokenizerJson {
  readonly normalizer: NormalizerSettings;
  /** Id by entry, without the added tokens. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Id by token: special tokens, and those added to the model's vocabulary. */
  readonly addedTokens: ReadonlyMap<string, number>;
}

/** Far above any vocabulary; an id becomes an index, so that a wild one must not reach an allocation. */
const ID = z.number().int().min(0).max(9_999_999);

const SCHEMA = z.object({
  added_tokens: z
    .array(
      z.object({
        id: ID,
        content: z.string().min(1),
        single_word: z.boolean().default(false),
        lstrip: z.boolean().default(false),
        rstrip: z.boolean().default(false),
        normalized: z.boolean().default(false),
      }),
    )
    .default([]),
  normalizer: z.object({
    type: z.string(),
    clean_text: z.boolean().default(true),
    handle_chinese_chars: z.boolean().default(true),
    strip_accents: z.boolean().nullable().default(null),
    lowercase: z.boolean().default(true),
  }),
  pre_tokenizer: z.object({ type: z.string() }),
  model: z.object({
    // Files of before tokenizers 0.9 leave the type out.
    type: z.string().default('WordPiece'),
    unk_token: z.string().default('[UNK]'),
    continuing_subword_prefix: z.string().default('##'),
    max_input_chars_per_word: z.number().default(MAX_WORD_CODE_POINTS),
    vocab: z.record(z.string(), ID),
  }),
});

/**
 * Reads a `tokenizer.json` and makes sure that the four stages are all that it asks for, since a part passed over in silence would give
 * other tokens than the model was trained on.
 *
 * @param name the file as messages should call it
 * @throws RowlightError `bad-model` for a broken file, `unsupported` for another kind of tokenizer
 */
export function parseTokenizerJson(text: string, name: string): TokenizerJson {
  const { added_tokens: added, normalizer, pre_tokenizer: preTokenizer, model } = parseJson(text, SCHEMA, name);
  const expect = (place: string, found: unknown, expected: unknown): void => {
    if (found === expected) return;
    const fault = `${place} is ${JSON.stringify(found)}, a BERT tokenizer has ${JSON.stringify(expected)}`;
    throw new RowlightError('unsupported', `${name}: ${fault}. Take another base model.`);
  };
  expect('normalizer.type', normalizer.type, 'BertNormalizer');
  expect('normalizer.clean_text', normalizer.clean_text, true);
  expect('pre_tokenizer.type', preTokenizer.type, 'BertPreTokenizer');
  expect('model.type', model.type, 'WordPiece');
  expect('model.unk_token', model.unk_token, '[UNK]');
  expect('model.continuing_subword_prefix', model.continuing_subword_prefix, '##');
  expect('model.max_input_chars_per_word', model.max_input_chars_per_word, MAX_WORD_CODE_POINTS);
  for (const token of added) {
    for (const flag of ['single_word', 'lstrip', 'rstrip', 'normalized'] as const) {
      expect(`added token ${token.content}: ${flag}`, token[flag], false);
    }
  }
  return {
    normalizer: {
      lowercase: normalizer.lowercase,
      stripAccents: normalizer.strip_accents,
      tokenizeChineseChars: normalizer.handle_chinese_chars,
    },
    vocabulary: new Map(Object.entries(model.vocab)),
    addedTokens: new Map(added.map((token) => [token.content, token.id])),
  };
}
