import { randomBytes } from './random';

/** Masks draw one byte an element, so a rate is a number of 256ths: 0.1 becomes 26/256 = 0.1016. */
function threshold(rate: number): number {
  return Math.round(rate * 256);
}

/** The probability with which masks of this rate keep an element; what is kept is divided by it, so that the expectation is exact. */
export function keepProbability(rate: number): number {
  return 1 - threshold(rate) / 256;
}

/**
 * Fills a dropout mask: 1 keeps an element, 0 drops it. It depends on (seed, step, place) alone, so that a resumed run and another engine
 * drop the same elements.
 * @param out its memory must start at a multiple of four bytes
 * @param place the number of the place in the model's list
 */
export function fillMask(out: Uint8Array, seed: number, step: number, place: number, rate: number): void {
  const limit = threshold(rate);
  if (limit > 128) throw new RangeError(`Dropout rates above 0.5 are not supported: ${rate}.`);
  randomBytes(out, seed, step, place);
  // Four bytes at a time: a byte keeps its element where it is at least `limit`, that is where its top bit is set or its low seven bits reach it.
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length >>> 2);
  const limits = limit * 0x01010101;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    words[i] = ((word | (((word & 0x7f7f7f7f) | 0x80808080) - limits)) >>> 7) & 0x01010101;
  }
  for (let i = words.length * 4; i < out.length; i++) out[i] = out[i]! >= limit ? 1 : 0;
}
