import type { Vocabulary } from './vocabulary';

/** Tokens of one text, before special tokens and truncation; the stages append to it. */
export interface Pieces {
  /** Vocabulary ids. */
  readonly ids: number[];
  /** Start and end of each token, two numbers a token. */
  readonly spans: number[];
}

/**
 * Longer words, in code points, become `[UNK]` at once. 100 as in Hugging Face `tokenizers`;
 * google/bert's class defaults to 200, which matters for URLs and digit runs only.
 */
export const MAX_WORD_CODE_POINTS = 100;

/**
 * Stage three: cuts the word `start` to `end` of a normalized text into vocabulary entries, the longest first, from the left; pieces after
 * the first are spelt `##…` in the vocabulary. A word that can't be spelt to its end becomes one `[UNK]`.
 *
 * @param pieces gets the tokens appended, with spans in UTF-16 units of `text`
 */
export function appendWordPieces(
  vocabulary: Vocabulary,
  text: string,
  start: number,
  end: number,
  pieces: Pieces,
): void {
  const { ids, spans } = pieces;
  const before = ids.length;
  let from = isTooLong(text, start, end) ? -1 : start;
  while (from >= 0 && from < end) {
    const entries = from === start ? vocabulary.words : vocabulary.continuations;
    let to = Math.min(end, from + vocabulary.longestEntry);
    let id: number | undefined;
    // An end inside a surrogate pair finds nothing: entries are whole characters.
    while (to > from && (id = entries.get(text.slice(from, to))) === undefined) to--;
    if (id === undefined) {
      from = -1;
    } else {
      ids.push(id);
      spans.push(from, to);
      from = to;
    }
  }
  if (from < 0) {
    ids.length = before;
    spans.length = 2 * before;
    ids.push(vocabulary.unkId);
    spans.push(start, end);
  }
}

function isTooLong(text: string, start: number, end: number): boolean {
  if (end - start <= MAX_WORD_CODE_POINTS) return false;
  if (end - start > 2 * MAX_WORD_CODE_POINTS) return true;
  let count = 0;
  for (let at = start; at < end; at += text.codePointAt(at)! > 0xffff ? 2 : 1) count++;
  return count > MAX_WORD_CODE_POINTS;
}
