import type { Weights } from '../../model/tensor-map';

/** Bytes of the weights of a group; a larger weight is one by itself. */
const GROUP_BYTES = 64 * 2 ** 20;

/** Parts weights, in order, into groups whose graphs run one after the other. */
export function groupsOf(weights: Weights): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const [name, { data }] of weights) {
    if (groups.length === 0 || data.byteLength > room) {
      groups.push([]);
      room = GROUP_BYTES;
    }
    groups.at(-1)!.push(name);
    room -= data.byteLength;
  }
  return groups;
}
