import type { HostTensor } from '../engine/engine';
import type { DropoutPlace } from '../model/bert';
import { randomBytes } from './random';

/** Masks draw one byte an element, so a rate is a number of 256ths, 255 at most: 0.1 becomes 26/256 = 0.1016. */
function threshold(rate: number): number {
  return Math.min(255, Math.round(rate * 256));
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
 * @param place the number of the place in the model's list
 */
export function fillMask(out: Uint8Array, seed: number, step: number, place: number, rate: number): void {
  randomBytes(out, seed, step, place, threshold(rate));
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
