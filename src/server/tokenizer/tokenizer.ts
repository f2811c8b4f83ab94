import { createAddedTokenSplitter } from './added-tokens';
import { characterPieces } from './characters';
import { assemble, specialTokenCount } from './encode';
import type { Tokenizer } from './encoding';
import { createNormalizer, type NormalizerSettings } from './normalize';
import { preTokenize } from './pre-tokenize';
import { isChinese } from './unicode';
import type { Vocabulary } from './vocabulary';
import { appendWordPieces, type Pieces } from './wordpiece';

/** A tokenizer's settings, as they are stored beside the weights. */
export interface TokenizerConfig extends NormalizerSettings {
  /** Length limit, special tokens included, of an `encode` that states none; `null` for no limit. */
  readonly maxLength: number | null;
  /** Whether every character is a token (`characters.ts`); the other settings then mean nothing. */
  readonly characters?: boolean;
}

/** What BERT does where a model's files say nothing. */
export const DEFAULT_TOKENIZER_CONFIG: TokenizerConfig = {
  lowercase: true,
  stripAccents: null,
  tokenizeChineseChars: true,
  maxLength: null,
};

/**
 * A BERT tokenizer: normalize → pre-tokenize → WordPiece → special tokens and truncation. Tokens, ids and offsets are those of Hugging Face
 * `tokenizers` 0.23 (goldens in `test/golden/tokenizer`), offsets in UTF-16 units instead of code points.
 *
 * `encode` takes any string, unpaired surrogates included, and never throws. It reads no further than the length limit needs.
 */
export function createTokenizer(vocabulary: Vocabulary, config: TokenizerConfig): Tokenizer {
  const normalize = createNormalizer(config);
  const splitAddedTokens = createAddedTokenSplitter(vocabulary.addedTokens);

  const appendSection = (text: string, from: number, to: number, limit: number, pieces: Pieces): void => {
    while (from < to && pieces.ids.length < limit) {
      const cut = nextCut(text, from + CHUNK_UNITS, to, config.tokenizeChineseChars);
      const normalized = normalize(text, from, cut);
      const words = preTokenize(normalized.text);
      let piece = pieces.ids.length;
      for (let word = 0; word < words.length && pieces.ids.length < limit; word += 2) {
        appendWordPieces(vocabulary, normalized.text, words[word]!, words[word + 1]!, pieces);
      }
      for (const { spans } = pieces; 2 * piece < spans.length; piece++) {
        spans[2 * piece] = normalized.starts[spans[2 * piece]!]!;
        spans[2 * piece + 1] = normalized.ends[spans[2 * piece + 1]! - 1]!;
      }
      from = cut;
    }
  };

  /** The tokens of a text with offsets into it: all of them, or at least `limit`. */
  const tokenize = (text: string, limit: number): Pieces => {
    if (config.characters) return characterPieces(vocabulary, text, limit);
    const pieces: Pieces = { ids: [], spans: [] };
    splitAddedTokens(text, (from, to, addedToken) => {
      if (addedToken === undefined) {
        appendSection(text, from, to, limit, pieces);
      } else {
        pieces.ids.push(vocabulary.words.get(addedToken) ?? vocabulary.unkId);
        pieces.spans.push(from, to);
      }
    });
    return pieces;
  };

  return {
    encode(text, pair, maxLength = config.maxLength ?? Infinity) {
      const room = Math.max(0, maxLength - specialTokenCount(pair !== undefined));
      // One token more than fits shows that something was cut, and truncation never asks how many more there would have been — but where a
      // pair shares an odd room: the odd token goes to the longer text, so that the two lengths must be known.
      const limit = pair !== undefined && room % 2 === 1 ? Infinity : room + 1;
      const b = pair === undefined ? undefined : tokenize(pair, limit);
      return assemble(vocabulary, tokenize(text, limit), b, maxLength);
    },
    vocabularySize: vocabulary.tokens.length,
    padId: vocabulary.padId,
  };
}

/** A longer text is taken in chunks of about so many UTF-16 units, so that a limit of 128 tokens never costs a whole document's work. */
const CHUNK_UNITS = 2048;

/**
 * The first place from `at` on where no word can be cut in two: before white space, or before an ideograph that gets its own word. Only sure
 * cases: U+000B, U+000C and U+0085 are white space too, but cleaning drops them and joins the words on both sides.
 */
function nextCut(text: string, at: number, to: number, splitsChinese: boolean): number {
  for (; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x20 || unit === 0x0a || unit === 0x3000 || (splitsChinese && isChinese(unit))) return at;
  }
  return to;
}
