import { shuffledIndices } from '../training/random';
import type { Sequence } from './masking';
import type { PairTask } from './settings';
import { CONTINUES, DOCUMENT_END, ENDS_LINE, ID } from './token-stream';

/*
 * Packing without waste: documents stand one after another in random order, `[SEP]` between them, and are cut every so many tokens. Only the last
 * sequence of a shard may be short. Pairs are short wherever more than one document has a part in the stretch that they are made of.
 */

/** Special tokens that every sequence has: `[CLS]`, `[SEP]`, and one more between the two texts of a pair. */
function specials(pairs: PairTask): number {
  return pairs === 'none' ? 2 : 3;
}

/** How many sequences of T tokens a shard of so many numbers makes. */
export function sequenceCount(numbers: number, T: number, pairs: PairTask): number {
  return Math.ceil(numbers / (T - specials(pairs)));
}

/** A shard's documents in the random order of a seed and a stream. */
export function shuffleDocuments(numbers: Int32Array, seed: number, stream: number): Int32Array {
  const ends: number[] = [];
  numbers.forEach((number, at) => number === DOCUMENT_END && ends.push(at + 1));
  const shuffled = new Int32Array(numbers.length);
  let at = 0;
  for (const document of shuffledIndices(ends.length, seed, stream)) {
    const part = numbers.subarray(ends[document - 1] ?? 0, ends[document]!);
    shuffled.set(part, at);
    at += part.length;
  }
  return shuffled;
}

/** A stretch of numbers as a sequence, and whether its first and last word go on beyond it. */
export interface Packed extends Sequence {
  readonly cut: { readonly first: boolean; readonly last: boolean };
}

/** Ids that frame sequences. */
export interface Frame {
  readonly clsId: number;
  readonly sepId: number;
}

/** Sequence number `index` of shuffled numbers, of one text. */
export function packedSequence(numbers: Int32Array, index: number, T: number, frame: Frame): Packed {
  const [from, to] = bounds(numbers, index, T - 2);
  return framed([numbers.subarray(from, to)], frame, cutAt(numbers, from, to));
}

/**
 * Sequence number `index` of shuffled numbers as a pair. Both texts of a pair that follows (label 0), and of one of which order is asked, come of one
 * document: of those that have a part in the sequence, the one with the longest; the other parts are left to other epochs, whose documents
 * stand in another order. The two are parted at the end of a line, that nearest to the middle, else between words. Of a pair that does
 * not follow (label 1) the second text is, for `nsp`, of another document, and the two change places for `sop`.
 * @param apart whether they are not to follow each other; where there is no other document, they do
 * @param other number of the sequence in which the search for another document begins
 */
export function packedPair(
  numbers: Int32Array,
  index: number,
  T: number,
  frame: Frame,
  task: Exclude<PairTask, 'none'>,
  apart: boolean,
  other: number,
): Packed {
  const room = T - specials(task);
  const own = longest(partsOf(numbers, ...pairBounds(numbers, index, room)));
  const middle = split(numbers, own);
  const [a, b] = [numbers.subarray(own.from, middle), numbers.subarray(middle, own.to)];
  const cut = cutAt(numbers, own.from, own.to);
  const follows = () => ({ ...framed([a, b], frame, cut), pairLabel: 0 });
  if (!apart) return follows();
  if (task === 'sop') return { ...framed([b, a], frame, { first: false, last: false }), pairLabel: 1 };
  const strange = partOfAnother(numbers, own, other, room);
  if (strange === undefined) return follows();
  const from = split(numbers, strange);
  const to = Math.min(strange.to, from + room - a.length);
  const last = cutAt(numbers, from, to).last;
  return { ...framed([a, numbers.subarray(from, to)], frame, { first: cut.first, last }), pairLabel: 1 };
}

/** A stretch of one document: the first number, and the first that is none of it. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** The parts of documents in a stretch, without the ends of documents. */
function partsOf(numbers: Int32Array, from: number, to: number): Part[] {
  const parts: Part[] = [];
  for (let at = from, begin = from; at <= to; at++) {
    if (at < to && numbers[at] !== DOCUMENT_END) continue;
    if (at > begin) parts.push({ from: begin, to: at });
    begin = at + 1;
  }
  return parts;
}

function longest(parts: readonly Part[]): Part {
  return parts.reduce((best, part) => (part.to - part.from > best.to - best.from ? part : best));
}

/** The longest part of a document that `own` is no part of, in the sequence of number `first` or the next one that has such a part. */
function partOfAnother(numbers: Int32Array, own: Part, first: number, room: number): Part | undefined {
  // From the end of the document before to that of its own.
  const begin = numbers.lastIndexOf(DOCUMENT_END, own.from) + 1;
  const end = numbers.indexOf(DOCUMENT_END, own.from);
  const count = Math.ceil(numbers.length / room);
  for (let step = 0; step < count; step++) {
    const bounds = pairBounds(numbers, (first + step) % count, room);
    const others = partsOf(numbers, ...bounds).filter(({ from }) => from < begin || from > end);
    if (others.length > 0) return longest(others);
  }
  return undefined;
}

/** Where a part is parted in two: at the end of a line or else between words, as near to the middle as may be; before its last token where it is one word. */
function split(numbers: Int32Array, { from, to }: Part): number {
  const middle = (from + to) / 2;
  const nearest = (fits: (at: number) => boolean) => {
    let best: number | undefined;
    for (let at = from + 1; at < to; at++)
      if (fits(at) && (best === undefined || Math.abs(at - middle) < Math.abs(best - middle))) best = at;
    return best;
  };
  const afterLine = nearest((at) => (numbers[at - 1]! & ENDS_LINE) !== 0);
  return afterLine ?? nearest((at) => !goesOn(numbers[at]!)) ?? to - 1;
}

function bounds(numbers: Int32Array, index: number, room: number): [number, number] {
  const from = index * room;
  return [from, Math.min(numbers.length, from + room)];
}

/** As {@link bounds}, but the last stretch begins early enough to be whole: its own numbers may be no pair. */
function pairBounds(numbers: Int32Array, index: number, room: number): [number, number] {
  const to = Math.min(numbers.length, (index + 1) * room);
  return [Math.max(0, to - room), to];
}

function cutAt(numbers: Int32Array, from: number, to: number): Packed['cut'] {
  return { first: goesOn(numbers[from]!), last: to < numbers.length && goesOn(numbers[to]!) };
}

function goesOn(number: number): boolean {
  return number !== DOCUMENT_END && (number & CONTINUES) !== 0;
}

function framed(texts: readonly Int32Array[], { clsId, sepId }: Frame, cut: Packed['cut']): Packed {
  const length = 1 + texts.reduce((sum, text) => sum + text.length + 1, 0);
  const ids = new Int32Array(length).fill(sepId);
  const typeIds = new Int32Array(length);
  const continues = new Uint8Array(length);
  ids[0] = clsId;
  let at = 1;
  texts.forEach((text, type) => {
    typeIds.fill(type, at, at + text.length + 1);
    text.forEach((number, i) => {
      if (number === DOCUMENT_END) return;
      ids[at + i] = number & ID;
      continues[at + i] = i > 0 && goesOn(number) ? 1 : 0;
    });
    at += text.length + 1;
  });
  return { ids, typeIds, continues, cut };
}
