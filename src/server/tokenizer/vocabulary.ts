import { RowlightError } from '../errors';

/** A WordPiece vocabulary, checked to be a BERT's. */
export interface Vocabulary {
  /** Entry by id, `##` kept; empty for an id that no entry has. The length is the size that the model's embedding must have. */
  readonly tokens: readonly string[];
  /** Id by entry. */
  readonly words: ReadonlyMap<string, number>;
  /** Id by entry for the entries that continue a word; the key is without its `##`. */
  readonly continuations: ReadonlyMap<string, number>;
  /** Length of the longest key of both maps in UTF-16 units: no longer slice of a word need be looked up. */
  readonly longestEntry: number;
  /** Entries found literally in a text before anything else is done to it: the special tokens, and tokens added by `tokenizer.json`. */
  readonly addedTokens: readonly string[];
  readonly padId: number;
  readonly unkId: number;
  readonly clsId: number;
  readonly sepId: number;
  readonly maskId: number;
}

/** The tokens that every BERT vocabulary has. */
export const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/**
 * Reads a `vocab.txt`: one entry a line, the line number from 0 is its id. As in Hugging Face `tokenizers`, white space at the line's end
 * is dropped and of two equal lines the later one gives the id. A byte-order mark is dropped.
 *
 * @param name the file as messages should call it
 * @throws RowlightError `bad-model` for text that isn't UTF-8, an empty file, or one without the special tokens
 */
export function parseVocabulary(file: string | Uint8Array, name: string): Vocabulary {
  const lines = decode(file, name)
    .replace(/^\ufeff/, '')
    .split('\n');
  if (lines.at(-1)?.trimEnd() === '') lines.pop();
  const ids = new Map<string, number>();
  for (const [id, line] of lines.entries()) ids.set(line.trimEnd(), id);
  return buildVocabulary(ids, lines.length, name);
}

/**
 * Makes the vocabulary of entries that have their ids already.
 *
 * @param size number of ids, at least the highest one + 1
 * @param addedTokens entries to find literally in a text, beside the special tokens
 * @throws RowlightError `bad-model`, see {@link parseVocabulary}
 */
export function buildVocabulary(
  ids: ReadonlyMap<string, number>,
  size: number,
  name: string,
  addedTokens: readonly string[] = [],
): Vocabulary {
  if (ids.size === 0) throw badVocabulary(name, 'the vocabulary is empty');
  const missing = SPECIAL_TOKENS.filter((token) => !ids.has(token));
  if (missing.length) throw badVocabulary(name, `${missing.join(', ')} missing: not the vocabulary of a BERT`);
  const tokens = new Array<string>(size).fill('');
  const continuations = new Map<string, number>();
  let longestEntry = 1;
  for (const [token, id] of ids) {
    if (tokens[id]) throw badVocabulary(name, `${tokens[id]} and ${token} have the same id ${id}`);
    tokens[id] = token;
    longestEntry = Math.max(longestEntry, token.length);
    if (token.length > 2 && token.startsWith('##')) continuations.set(token.slice(2), id);
  }
  const id = (token: (typeof SPECIAL_TOKENS)[number]): number => ids.get(token)!;
  return {
    tokens,
    words: ids,
    continuations,
    longestEntry,
    addedTokens: [...new Set([...SPECIAL_TOKENS, ...addedTokens])],
    padId: id('[PAD]'),
    unkId: id('[UNK]'),
    clsId: id('[CLS]'),
    sepId: id('[SEP]'),
    maskId: id('[MASK]'),
  };
}

/** The failure that every fault of a vocabulary becomes: place, fault and remedy on one line. */
export function badVocabulary(name: string, fault: string): RowlightError {
  return new RowlightError(
    'bad-model',
    `${name}: ${fault}. Take the tokenizer files that came with the model's weights.`,
  );
}

function decode(file: string | Uint8Array, name: string): string {
  if (typeof file === 'string') return file;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw badVocabulary(name, 'not UTF-8 text');
  }
}
