import type { TextInput } from './prediction';

/** What 1- and 2-grams are made of. */
export type Unit = 'characters' | 'words';

/** A 1- or 2-gram: of words as text, of characters as a number. */
export type Ngram = string | number;

/** Words where the texts' script puts spaces between them, else characters; decided by the first thousand texts. */
export function unitOf(inputs: readonly Pick<TextInput, 'text'>[]): Unit {
  const text = inputs.slice(0, 1000).map((input) => input.text).join(' '); // prettier-ignore
  const unspaced =
    text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu)?.length ??
    0;
  // A word of a spaced script has about five letters, so it counts as one unit of meaning as a character does.
  const words =
    text.match(/[\p{sc=Latin}\p{sc=Cyrillic}\p{sc=Greek}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Hangul}\p{sc=Devanagari}]+/gu)
      ?.length ?? 0;
  return words > unspaced ? 'words' : 'characters';
}

/** The 1- and 2-grams of a text or of both texts of a pair, each once, in lower case. */
export function ngramsOf({ text, textB }: TextInput, unit: Unit): Set<Ngram> {
  const ngrams = new Set<Ngram>();
  for (const part of textB === undefined ? [text] : [text, textB]) {
    if (unit === 'words') addWords(part.toLowerCase(), ngrams);
    else addCharacters(part.toLowerCase(), ngrams);
  }
  return ngrams;
}

function addWords(text: string, ngrams: Set<Ngram>): void {
  let last: string | undefined;
  for (const [word] of text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    ngrams.add(word);
    if (last !== undefined) ngrams.add(`${last} ${word}`);
    last = word;
  }
}

/** Characters are UTF-16 code units here: half an emoji is as good an n-gram as a whole one, and its number needs no string. */
function addCharacters(text: string, ngrams: Set<Ngram>): void {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    ngrams.add(unit);
    // 1-grams lie below 2^16, and a 2-gram of two characters other than NUL above.
    if (at > 0) ngrams.add(text.charCodeAt(at - 1) * 0x10000 + unit);
  }
}
