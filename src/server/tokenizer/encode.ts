import type { Encoding } from './encoding';
import type { Vocabulary } from './vocabulary';
import type { Pieces } from './wordpiece';

/**
 * Stage four: cuts the tokens of a text or a pair to the length limit and sets the special tokens around them.
 *
 * ```
 * tokens    [CLS] a a a [SEP]            [CLS] a a a [SEP] b b [SEP]
 * type ids    0   0 0 0   0                0   0 0 0   0   1 1   1
 * ```
 *
 * @param maxLength tokens including the special ones; a limit below their number (2, or 3 for a pair) leaves just them
 */
export function assemble(vocabulary: Vocabulary, a: Pieces, b: Pieces | undefined, maxLength: number): Encoding {
  const room = Math.max(0, maxLength - specialTokenCount(b !== undefined));
  const [countA, countB] = truncateLongestFirst(a.ids.length, b?.ids.length ?? 0, room);
  const length = countA + countB + specialTokenCount(b !== undefined);
  const ids = new Int32Array(length);
  const typeIds = new Int32Array(length);
  const offsets = new Int32Array(2 * length);
  ids[0] = vocabulary.clsId;
  let at = 1;
  const append = (pieces: Pieces, count: number): void => {
    for (let piece = 0; piece < count; piece++, at++) {
      ids[at] = pieces.ids[piece]!;
      offsets[2 * at] = pieces.spans[2 * piece]!;
      offsets[2 * at + 1] = pieces.spans[2 * piece + 1]!;
    }
    ids[at++] = vocabulary.sepId;
  };
  append(a, countA);
  if (b) {
    typeIds.fill(1, at);
    append(b, countB);
  }
  const tokens = Array.from(ids, (id) => vocabulary.tokens[id]!);
  return { ids, typeIds, tokens, offsets, truncated: countA + countB < a.ids.length + (b?.ids.length ?? 0) };
}

/** How many special tokens surround a single text, or a pair. */
export function specialTokenCount(pair: boolean): number {
  return pair ? 3 : 2;
}

/**
 * How many tokens of each text stay when both together may have `room`: the longer loses first, then both share, and the odd token stays
 * with the longer, of equals with the second. The same arithmetic as `truncate_encodings` in Hugging Face `tokenizers` (`utils/truncation.rs`);
 * google/bert's `_truncate_seq_pair` pops one token at a time and always ends with the odd one in the first text.
 */
export function truncateLongestFirst(countA: number, countB: number, room: number): [number, number] {
  if (countA + countB <= room) return [countA, countB];
  const shorter = Math.min(countA, countB);
  let keptShorter = shorter;
  let keptLonger = shorter > room ? shorter : Math.max(shorter, room - shorter);
  if (keptShorter + keptLonger > room) {
    keptShorter = Math.floor(room / 2);
    keptLonger = keptShorter + (room % 2);
  }
  return countA > countB ? [keptLonger, keptShorter] : [keptShorter, keptLonger];
}
