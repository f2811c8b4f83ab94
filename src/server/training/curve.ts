/** A step as the curve draws it. */
export interface CurvePoint {
  readonly step: number;
  /** Null where it was no number. */
  readonly loss: number | null;
  readonly learningRate: number;
}

/**
 * At most `most` points for a curve of any length, in the order of their steps: neighbours are drawn together into one point at the last of their
 * steps, with the mean of their losses (of those that are numbers; null where none is) and the last one's learning rate.
 */
export function thinCurve(
  points: readonly { readonly step: number; readonly loss: number; readonly learningRate: number }[],
  most: number,
): CurvePoint[] {
  return groupsOf(points, most).map((group) => {
    const { step, learningRate } = group.at(-1)!;
    return { step, loss: meanOf(group.map(({ loss }) => loss)), learningRate };
  });
}

/** A list in at most `most` groups of neighbours, in their order; all but the last are as large. */
export function groupsOf<T>(list: readonly T[], most: number): T[][] {
  const width = Math.max(1, Math.ceil(list.length / Math.max(1, most)));
  const groups: T[][] = [];
  for (let start = 0; start < list.length; start += width) groups.push(list.slice(start, start + width));
  return groups;
}

/** The mean of those values that are numbers; null where none is. */
export function meanOf(values: readonly number[]): number | null {
  const numbers = values.filter(Number.isFinite);
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
