import { fillRandom } from './random-kernel';

/**
 * Seeded randomness without state: every value is a hash of a key and a counter, so that it can be asked for in any order, a resumed
 * run sees what an unbroken one saw, and another engine can draw the same. Not for secrets.
 *
 * The hash is two rounds of the 32-bit mixer "lowbias32" (Chris Wellons, hash-prospector, public domain), each under a key word of its
 * own: word(i) = mix(mix(i xor k1) + k2). With one key word alone, streams would be shifted copies of one another.
 */

/** A sequence of random numbers. */
export interface Random {
  /** The next integer in [0, 2^32). */
  next(): number;
  /** The next number in [0, 1), in steps of 2^-53. */
  float(): number;
  /** The next integer in [0, `bound`), for a bound of at most 2^32. */
  below(bound: number): number;
}

/** The sequence for a seed and a stream (what the numbers are for, by number): different streams are independent. */
export function createRandom(seed: number, stream: number): Random {
  const k1 = keyOf(seed, stream, 0);
  const k2 = keyOf(seed, stream, 1);
  let counter = 0;
  const next = (): number => word(k1, k2, counter++);
  const float = (): number => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 2 ** 53;
  return { next, float, below: (bound) => Math.floor(float() * bound) };
}

/** The numbers 0 … `length` - 1 in a random order (Fisher-Yates), the same for the same seed and stream. */
export function shuffledIndices(length: number, seed: number, stream: number): Uint32Array {
  const random = createRandom(seed, stream);
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const value = order[last] as number;
    order[last] = order[other] as number;
    order[other] = value;
  }
  return order;
}

/**
 * Fills `out` with uniform random bytes that depend on (seed, step, place) and the position alone: those of a shorter array are the
 * beginning of those of a longer one. For dropout: `step` is the training step, `place` the number of the dropout layer.
 * @param limit where given, each byte becomes 1 where it is at least this, else 0
 */
export function randomBytes(out: Uint8Array, seed: number, step: number, place: number, limit?: number): void {
  fillRandom(out, keyOf(seed, step, place), keyOf(place, seed, step), limit);
}

/** A 32-bit hash of a text under a seed: a rank for it that does not depend on where the text stands. */
export function hashText(text: string, seed: number): number {
  let hash = mix(seed | 0);
  for (let index = 0; index < text.length; index++) hash = mix(hash ^ text.charCodeAt(index));
  return mix(hash ^ text.length) >>> 0;
}

function word(k1: number, k2: number, counter: number): number {
  return mix((mix(counter ^ k1) + k2) | 0) >>> 0;
}

function keyOf(a: number, b: number, c: number): number {
  let key = mix(a ^ 0x9e3779b9);
  key = mix((key + b) ^ 0x85ebca6b);
  return mix((key + c) ^ 0xc2b2ae35);
}

/** The lowbias32 mixer: a bijection of 32-bit words; the result is signed. */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}
