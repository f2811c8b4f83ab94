import type { Encoding } from '../tokenizer/encoding';
import { isChinese } from '../tokenizer/unicode';

/**
 * Cuts a text into words.
 * @returns the end of each word in UTF-16 units, ascending; the last is the text's length. White space and punctuation are words, too.
 */
export type Segmenter = (text: string) => readonly number[];

/**
 * Says which tokens of a text go on with the word of the token before, so that a word is masked as a whole (Cui et al. 2019, hfl's whole-word
 * masking): pieces spelt `##…` always do, which is all that other scripts need, since white space and punctuation part their words; a
 * token of Chinese does where the segmenter has no border before it. Where borders disagree (a token reaches over the border of two
 * words) the token belongs to the word in which it begins, and the next begins a word of its own.
 * @param encoding of the text alone, special tokens at both ends
 * @returns a byte a token without the special ones: 1 goes on, 0 begins a word
 */
export function continuesWord(
  text: string,
  { tokens, offsets }: Pick<Encoding, 'tokens' | 'offsets'>,
  wordEnds: readonly number[],
): Uint8Array {
  const continues = new Uint8Array(Math.max(0, tokens.length - 2));
  let word = 0;
  let previousEnd = 0;
  for (let i = 0; i < continues.length; i++) {
    const [start, end] = [offsets[2 * (i + 1)]!, offsets[2 * (i + 1) + 1]!];
    const before = word;
    while (word < wordEnds.length - 1 && wordEnds[word]! <= start) word++;
    const joined = i > 0 && word === before && previousEnd <= wordEnds[word]!;
    const chinese =
      isChinese(text.codePointAt(start) ?? 0) || isChinese(text.codePointAt(previousStart(offsets, i)) ?? 0);
    if (i > 0 && (isContinuation(tokens[i + 1]!) || (joined && chinese))) continues[i] = 1;
    previousEnd = end;
  }
  return continues;
}

/** Where the token before the one of number `i` begins. */
function previousStart(offsets: Int32Array, i: number): number {
  return offsets[2 * i]!;
}

function isContinuation(token: string): boolean {
  return token.length > 2 && token.startsWith('##');
}
