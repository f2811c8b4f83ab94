import { z } from 'zod';

import { RowlightError } from '../errors';
import { CHARACTER_TOKENIZER } from './characters';
import { DEFAULT_TOKENIZER_CONFIG, type TokenizerConfig } from './tokenizer';
import { parseJson } from '../parse-json';
import { parseTokenizerJson, type TokenizerJson } from './tokenizer-json';
import { badVocabulary, buildVocabulary, parseVocabulary, type Vocabulary } from './vocabulary';

/** The contents of a Hugging Face model folder's tokenizer files, as far as they exist. */
export interface TokenizerFiles {
  readonly vocabTxt?: string | Uint8Array | undefined;
  /** `tokenizer_config.json`: what `transformers` saves. */
  readonly tokenizerConfigJson?: string | undefined;
  /** `tokenizer.json`: what `tokenizers` saves. */
  readonly tokenizerJson?: string | undefined;
}

/**
 * What `createTokenizer` needs, from the files of a model folder.
 *
 * Settings: `tokenizer_config.json` wins where it states one, as in `transformers`, then `tokenizer.json`, then BERT's defaults. Entries:
 * `vocab.txt`, else `tokenizer.json`; tokens that `tokenizer.json` adds join either.
 *
 * @param folder the folder as messages should call it
 * @throws RowlightError `bad-model` for broken or missing files, `unsupported` for a tokenizer that is no BERT WordPiece
 */
export function readTokenizerFiles(
  files: TokenizerFiles,
  folder: string,
): { readonly vocabulary: Vocabulary; readonly config: TokenizerConfig } {
  const json =
    files.tokenizerJson === undefined ? undefined : parseTokenizerJson(files.tokenizerJson, `${folder}/tokenizer.json`);
  const stated =
    files.tokenizerConfigJson === undefined
      ? {}
      : parseTokenizerConfig(files.tokenizerConfigJson, `${folder}/tokenizer_config.json`);
  return {
    vocabulary: readVocabulary(files.vocabTxt, json, folder),
    config: { ...DEFAULT_TOKENIZER_CONFIG, ...json?.normalizer, ...stated },
  };
}

function readVocabulary(
  vocabTxt: string | Uint8Array | undefined,
  json: TokenizerJson | undefined,
  folder: string,
): Vocabulary {
  const plain = vocabTxt === undefined ? undefined : parseVocabulary(vocabTxt, `${folder}/vocab.txt`);
  if (!json) {
    if (plain) return plain;
    throw badVocabulary(folder, 'neither vocab.txt nor tokenizer.json');
  }
  const ids = new Map([...(plain?.words ?? json.vocabulary), ...json.addedTokens]);
  let size = plain?.tokens.length ?? 0;
  for (const id of ids.values()) size = Math.max(size, id + 1);
  return buildVocabulary(ids, size, `${folder}/tokenizer.json`, [...json.addedTokens.keys()]);
}

const CONFIG_SCHEMA = z.object({
  tokenizer_class: z.string().nullish(),
  do_lower_case: z.boolean().nullish(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().nullish(),
  model_max_length: z.number().min(4).nullish(),
});

/** `transformers` writes 10³⁰ for "no limit"; no BERT has so many positions. */
const NO_LIMIT = 1e6;

/**
 * The settings that a `tokenizer_config.json` states; those that it leaves out are absent.
 *
 * @param name the file as messages should call it
 * @throws RowlightError `bad-model` or `unsupported`, see {@link readTokenizerFiles}
 */
export function parseTokenizerConfig(text: string, name: string): Partial<TokenizerConfig> {
  const stated = parseJson(text, CONFIG_SCHEMA, name);
  // Its words come from a morphological analyser, so that the same vocabulary would be cut differently, and silently so.
  if (stated.tokenizer_class?.includes('Japanese')) {
    throw new RowlightError(
      'unsupported',
      `${name}: ${stated.tokenizer_class} is no plain BERT tokenizer. Take another base model.`,
    );
  }
  const limit = stated.model_max_length;
  return {
    ...(stated.tokenizer_class === CHARACTER_TOKENIZER && { characters: true }),
    ...(typeof stated.do_lower_case === 'boolean' && { lowercase: stated.do_lower_case }),
    ...(stated.strip_accents !== undefined && { stripAccents: stated.strip_accents }),
    ...(typeof stated.tokenize_chinese_chars === 'boolean' && { tokenizeChineseChars: stated.tokenize_chinese_chars }),
    ...(typeof limit === 'number' && { maxLength: limit < NO_LIMIT ? Math.floor(limit) : null }),
  };
}
