import { RowlightError } from '../errors';
import { SPECIAL_TOKENS } from '../tokenizer/vocabulary';

/** Merges of rarer pairs would learn single words by heart. */
const FEWEST = 2;

/**
 * Learns a WordPiece vocabulary from counted words, as `BertWordPieceTrainer` of Hugging Face `tokenizers` does: characters first, the most frequent, each
 * at the beginning of words and, spelt `##…`, within; then, again and again, the pair of pieces that stands side by side most often becomes a piece (byte-pair
 * encoding, Sennrich et al. 2016). Of equals the pair that comes first in the order of code units wins, so that the same words give the same vocabulary.
 * @param words normalised words (`preTokenize`) and how often each was seen
 * @param size entries, the special ones included
 * @returns entries in the order of their ids
 * @throws RowlightError `bad-argument` where the size has no room beside the special tokens
 */
export function learnVocabulary(words: ReadonlyMap<string, number>, size: number): string[] {
  if (size <= SPECIAL_TOKENS.length) {
    throw new RowlightError('bad-argument', `a vocabulary of ${size} has no room for words; ask for some thousands`);
  }
  const entries = new Set<string>([...SPECIAL_TOKENS]);
  for (const character of mostFrequent(words, size - SPECIAL_TOKENS.length)) entries.add(character);
  // What has a character without an entry is unknown, and teaches no pieces.
  const spelt = [...words]
    .map(([word, count]) => ({ pieces: piecesOf(word), count }))
    .filter(({ pieces }) => pieces.length > 1 && pieces.every((piece) => entries.has(piece)));
  const pairs = createPairs(spelt);
  while (entries.size < size) {
    const best = pairs.takeMostFrequent();
    if (best === undefined) break;
    entries.add(merged(...best));
    pairs.merge(best);
  }
  return [...entries];
}

type Pair = readonly [string, string];

function piecesOf(word: string): string[] {
  return [...word].map((character, i) => (i === 0 ? character : `##${character}`));
}

function merged(a: string, b: string): string {
  return a + b.slice(2);
}

/** The most frequent characters as pieces, in the order of their frequency. */
function mostFrequent(words: ReadonlyMap<string, number>, most: number): string[] {
  const counts = new Map<string, number>();
  for (const [word, count] of words)
    for (const piece of piecesOf(word)) counts.set(piece, (counts.get(piece) ?? 0) + count);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([piece]) => piece);
}

/** Counts of the pairs in words, kept true while pairs are merged. */
function createPairs(words: readonly { pieces: string[]; readonly count: number }[]) {
  const counts = new Map<string, number>();
  const where = new Map<string, Set<number>>();
  // No piece has a line break in it.
  const key = (a: string, b: string) => `${a}\n${b}`;
  const change = (word: number, sign: 1 | -1): Set<string> => {
    const { pieces, count } = words[word]!;
    const touched = new Set<string>();
    for (let i = 1; i < pieces.length; i++) {
      const pair = key(pieces[i - 1]!, pieces[i]!);
      counts.set(pair, (counts.get(pair) ?? 0) + sign * count);
      touched.add(pair);
      if (sign > 0) where.set(pair, (where.get(pair) ?? new Set()).add(word));
    }
    return touched;
  };
  for (let word = 0; word < words.length; word++) change(word, 1);
  const heap = createHeap();
  for (const [pair, count] of counts) heap.push(pair, count);

  return {
    takeMostFrequent(): Pair | undefined {
      for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
        const now = counts.get(top.pair) ?? 0;
        // Counts in the heap may be old; a pair that became rarer goes back to its place.
        if (now === top.count) return now < FEWEST ? undefined : (top.pair.split('\n') as [string, string]);
        if (now >= FEWEST) heap.push(top.pair, now);
      }
      return undefined;
    },
    merge([a, b]: Pair): void {
      const own = key(a, b);
      const changed = new Set<string>();
      for (const word of where.get(own) ?? []) {
        for (const pair of change(word, -1)) changed.add(pair);
        words[word]!.pieces = joined(words[word]!.pieces, a, b);
        for (const pair of change(word, 1)) changed.add(pair);
      }
      counts.delete(own);
      where.delete(own);
      changed.delete(own);
      for (const pair of changed) heap.push(pair, counts.get(pair)!);
    },
  };
}

function joined(pieces: readonly string[], a: string, b: string): string[] {
  const result: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const joins = pieces[i] === a && pieces[i + 1] === b;
    result.push(joins ? merged(a, b) : pieces[i]!);
    if (joins) i++;
  }
  return result;
}

interface Counted {
  readonly pair: string;
  readonly count: number;
}

/** A binary heap: the greatest count on top, of equals the first pair in order. */
function createHeap() {
  const items: Counted[] = [];
  const before = (a: Counted, b: Counted) => a.count > b.count || (a.count === b.count && a.pair < b.pair);
  const swap = (i: number, j: number) => ([items[i], items[j]] = [items[j]!, items[i]!]);
  return {
    push(pair: string, count: number): void {
      let at = items.push({ pair, count }) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && before(items[at]!, items[parent]!); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    pop(): Counted | undefined {
      const top = items[0];
      const last = items.pop();
      if (top === undefined || last === undefined || items.length === 0) return top;
      items[0] = last;
      for (let at = 0; ;) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2])
          if (child < items.length && before(items[child]!, items[least]!)) least = child;
        if (least === at) return top;
        swap(at, least);
        at = least;
      }
    },
  };
}
