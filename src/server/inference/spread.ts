/** At most `most` of the numbers from 0 to `count` − 1, evenly spread and beginning with 0. */
export function spread(count: number, most: number): number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, at) => Math.floor((at * count) / taken));
}
