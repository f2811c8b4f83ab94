import { shuffledIndices } from '../training/random';
import type { Sequence } from './masking';
import type { PairTask } from './settings';
import { CONTINUES, DOCUMENT_END, ENDS_LINE, ID } from './token-stream';

/*
 * Packing without waste: documents stand one after another in random order, `[SEP]` between them, and are cut every so many tokens. Only the last
 * sequence of a shard may be short.
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
 * Sequence number `index` of shuffled numbers as a pair: its two texts are parted at the end of a line, that nearest to the middle, or in the middle where
 * no line ends. They follow each other (label 0), or do not (1): for `nsp` the second comes from sequence number `other`, for `sop` the two
 * change places.
 * @param apart whether they are not to follow each other
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
  const [from, to] = bounds(numbers, index, T - 3);
  const [a, b] = halves(numbers.subarray(from, to));
  const cut = cutAt(numbers, from, to);
  if (!apart) return { ...framed([a, b], frame, cut), pairLabel: 0 };
  if (task === 'sop') return { ...framed([b, a], frame, { first: false, last: false }), pairLabel: 1 };
  const [, strange] = halves(numbers.subarray(...bounds(numbers, other, T - 3)));
  const second = strange.subarray(0, T - 3 - a.length);
  return { ...framed([a, second], frame, { first: cut.first, last: true }), pairLabel: 1 };
}

function bounds(numbers: Int32Array, index: number, room: number): [number, number] {
  const from = index * room;
  return [from, Math.min(numbers.length, from + room)];
}

function cutAt(numbers: Int32Array, from: number, to: number): Packed['cut'] {
  return { first: goesOn(numbers[from]!), last: to < numbers.length && goesOn(numbers[to]!) };
}

function goesOn(number: number): boolean {
  return number !== DOCUMENT_END && (number & CONTINUES) !== 0;
}

function halves(numbers: Int32Array): [Int32Array, Int32Array] {
  const middle = numbers.length / 2;
  let best = Math.floor(middle);
  let distance = Infinity;
  for (let at = 1; at < numbers.length; at++) {
    const before = numbers[at - 1]!;
    const isEnd = before === DOCUMENT_END || (before & ENDS_LINE) !== 0;
    if (isEnd && Math.abs(at - middle) < distance) [best, distance] = [at, Math.abs(at - middle)];
  }
  return [numbers.subarray(0, best), numbers.subarray(best)];
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
