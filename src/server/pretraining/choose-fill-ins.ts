import { isChinese } from '../tokenizer/unicode';
import { createRandom, shuffledIndices } from '../training/random';
import { CONTINUES, DOCUMENT_END, ENDS_LINE, ID } from './token-stream';

/** Tokens of a text at most, so that it fits a line. */
const MOST_TOKENS = 40;
/** Tokens at least: of less nobody could say what is missing. */
const FEWEST_TOKENS = 5;
/** Numbers for the choice, apart from those of orders and masks. */
const [DOCUMENTS, WORDS] = [0xf1, 0xf2];

/** What of a vocabulary the choice needs. */
export interface FillInVocabulary {
  readonly tokens: readonly string[];
  readonly unkId: number;
}

/**
 * Makes texts to fill in of a corpus's own documents, at most one a document: the beginning of its first line that is long enough and has no unknown
 * token, one word of it masked. Words of two tokens and more come before others. The same for the same numbers and seed.
 * @param numbers of the documents, as shards hold them
 * @param most how many
 * @returns texts with a `[MASK]` for each token of the word; fewer than `most` where documents do not give them
 */
export function chooseFillIns(numbers: Int32Array, vocabulary: FillInVocabulary, seed: number, most: number): string[] {
  const documents = split(numbers, (number) => number === DOCUMENT_END).map((document) =>
    document.filter((number) => number !== DOCUMENT_END),
  );
  const random = createRandom(seed, WORDS);
  const texts: string[] = [];
  for (const index of shuffledIndices(documents.length, seed, DOCUMENTS)) {
    if (texts.length === most) break;
    for (const line of split(documents[index]!, (number) => (number & ENDS_LINE) !== 0)) {
      const words = beginning(wordsOf(line));
      const tokens = words.flat();
      if (tokens.length < FEWEST_TOKENS || tokens.includes(vocabulary.unkId)) continue;
      const spelt = words.map((word) => word.map((id) => vocabulary.tokens[id] ?? ''));
      const masked = wordToMask(spelt, (bound) => random.below(bound));
      if (masked === undefined) continue;
      texts.push(textOf(spelt, masked));
      break;
    }
  }
  return texts;
}

/** Parts of an array, each up to and with a number that ends one. */
function split(numbers: Int32Array, ends: (number: number) => boolean): Int32Array[] {
  const parts: Int32Array[] = [];
  let from = 0;
  numbers.forEach((number, at) => {
    if (ends(number) || at === numbers.length - 1) parts.push(numbers.subarray(from, (from = at + 1)));
  });
  return parts;
}

/** The ids of each word of a line. */
function wordsOf(line: Int32Array): number[][] {
  const words: number[][] = [];
  for (const number of line) {
    const last = (number & CONTINUES) !== 0 ? words.at(-1) : undefined;
    if (last) last.push(number & ID);
    else words.push([number & ID]);
  }
  return words;
}

/** As many whole words as fit. */
function beginning(words: readonly number[][]): number[][] {
  let tokens = 0;
  return words.filter((word) => (tokens += word.length) <= MOST_TOKENS);
}

/** Which word is masked: one of letters, with another before or after it to tell by. */
function wordToMask(words: readonly string[][], below: (bound: number) => number): number | undefined {
  const fit = [...words.keys()].filter((at) => words[at]!.every((token) => /\p{L}/u.test(token)));
  const long = fit.filter((at) => words[at]!.length > 1 && words[at]!.length <= 4);
  const from = long.length > 0 ? long : fit;
  return from.length === 0 || words.length < 2 ? undefined : from[below(from.length)];
}

/** Words as a text, spaces between those that are written with them. */
function textOf(words: readonly string[][], masked: number): string {
  return words
    .map((word, at) => {
      const text = at === masked ? '[MASK]'.repeat(word.length) : spelling(word);
      return at > 0 && isSpaced(spelling(words[at - 1]!), spelling(word)) ? ` ${text}` : text;
    })
    .join('');
}

function spelling(word: readonly string[]): string {
  return word.map((token) => token.replace(/^##(?=.)/, '')).join('');
}

function isSpaced(before: string, after: string): boolean {
  const spaced = (character: string) => /[\p{L}\p{N}]/u.test(character) && !isChinese(character.codePointAt(0)!);
  const last = [...before].at(-1)!;
  return spaced([...after][0]!) && (spaced(last) || '.,;:!?)'.includes(last));
}
