import type { Vocabulary } from './vocabulary';
import type { Pieces } from './wordpiece';

/** `tokenizer_class` of a model that was trained on characters: no class of transformers, so that none opens it and cuts its texts otherwise. */
export const CHARACTER_TOKENIZER = 'RowlightCharacterTokenizer';

/** What stands for white space that the vocabulary does not have. */
const SPACE_TOKEN = '[unused1]';

/** As `_is_space` of keras-bert: blank, tab, line ends, and Unicode's separators of kind Zs. */
const SPACE = /^[ \n\r\t\p{Zs}]$/u;

/**
 * A token a character (code point), as `OurTokenizer` of the recipe for unequal classes does on top of keras-bert: the character itself where the vocabulary has
 * it, `[unused1]` for other white space, else `[UNK]`. Nothing is lower-cased or normalized before. At least `limit` tokens are read, where there are so many.
 */
export function characterPieces(vocabulary: Vocabulary, text: string, limit: number): Pieces {
  const pieces: Pieces = { ids: [], spans: [] };
  const space = vocabulary.words.get(SPACE_TOKEN) ?? vocabulary.unkId;
  let at = 0;
  for (const character of text) {
    if (pieces.ids.length >= limit) break;
    const known = vocabulary.words.get(character);
    pieces.ids.push(known ?? (SPACE.test(character) ? space : vocabulary.unkId));
    pieces.spans.push(at, at + character.length);
    at += character.length;
  }
  return pieces;
}
