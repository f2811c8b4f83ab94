import type { HostTensor } from '../engine/engine';
import type { DropoutPlace } from '../model/bert';
import { randomBytes } from './random';

/** Masks draw one byte an element, so a rate is a number of 256ths: 0.1 becomes 26/256 = 0.1016. */
function threshold(rate: number): number {
  return Math.round(rate * 256);
}

/** Input name of a dropout mask. */
export const maskName = (place: string) => `mask:${place}`;

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

/** The masks of a step by input name; a place's number in the list is its stream of random numbers. */
export function dropoutMasks(places: readonly DropoutPlace[], seed: number, step: number): Record<string, HostTensor> {
  const masks: Record<string, HostTensor> = {};
  places.forEach(({ place, shape, rate }, number) => {
    const data = new Uint8Array(shape.reduce((product, size) => product * size, 1));
    fillMask(data, seed, step, number, rate);
    masks[maskName(place)] = { dtype: 'uint8', shape, data };
  });
  return masks;
}
