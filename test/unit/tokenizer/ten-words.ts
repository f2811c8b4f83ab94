import { parseVocabulary } from '../../../src/server/tokenizer/vocabulary';

/** Ids in the order of the lines: `[PAD]` 0 … `[MASK]` 4, `want` 5 … */
export const TEN_WORDS = [
  ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
  ...['want', '##want', '##ed', 'wa', 'un', 'runn', '##ing', ',', '中', '##文'],
];

/** A vocabulary small enough to keep in one's head. */
export const tenWordVocabulary = parseVocabulary(TEN_WORDS.join('\n'), 'ten-words');
