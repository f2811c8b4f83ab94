import { isPunctuation, isWhitespace } from './unicode';

/**
 * Stage two, Hugging Face's `BertPreTokenizer`: splits a normalized text at white space, which is dropped, and around punctuation, of which
 * every character is a word.
 *
 * @returns the words in order as start, end pairs: UTF-16 units of `text`, two numbers a word
 */
export function preTokenize(text: string): number[] {
  const words: number[] = [];
  let start = 0;
  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at)!;
    const next = at + (codePoint > 0xffff ? 2 : 1);
    const separator = separates(codePoint);
    if (separator !== INSIDE) {
      if (start < at) words.push(start, at);
      if (separator === PUNCTUATION) words.push(at, next);
      start = next;
    }
    at = next;
  }
  if (start < text.length) words.push(start, text.length);
  return words;
}

const INSIDE = 0;
const WHITESPACE = 1;
const PUNCTUATION = 2;

function separates(codePoint: number): number {
  // Letters of ASCII and the unified ideographs are most of what is asked; they need no table.
  if (codePoint >= 0x61 && codePoint <= 0x7a) return INSIDE;
  if (codePoint === 0x20) return WHITESPACE;
  if (codePoint >= 0x4e00 && codePoint <= 0x9fff) return INSIDE;
  if (isPunctuation(codePoint)) return PUNCTUATION;
  return isWhitespace(codePoint) ? WHITESPACE : INSIDE;
}
