import type { Tokenizer } from '../tokenizer/encoding';
import { type Segmenter, continuesWord } from './word-groups';

/*
 * A corpus as numbers: the tokens of a document one after another, then DOCUMENT_END. A token is its id with two marks above it.
 */

/** Ends a document. */
export const DOCUMENT_END = -1;
/** Marks a token that goes on with the word of the token before. */
export const CONTINUES = 1 << 30;
/** Marks the last token of a line: a sentence or a paragraph. */
export const ENDS_LINE = 1 << 29;
/** What of a token is its id. */
export const ID = ENDS_LINE - 1;

/** The numbers of a document. Lines without a token are left out; a document of such lines alone has no numbers at all. */
export function documentTokens(lines: readonly string[], tokenizer: Tokenizer, segment: Segmenter): Int32Array {
  const numbers: number[] = [];
  for (const line of lines) {
    const encoding = tokenizer.encode(line, undefined, Infinity);
    const count = encoding.ids.length - 2;
    if (count === 0) continue;
    const continues = continuesWord(line, encoding, segment(line));
    for (let i = 0; i < count; i++) {
      const last = i === count - 1 ? ENDS_LINE : 0;
      numbers.push(encoding.ids[i + 1]! | (continues[i] === 1 ? CONTINUES : 0) | last);
    }
  }
  return numbers.length === 0 ? new Int32Array() : Int32Array.from([...numbers, DOCUMENT_END]);
}
