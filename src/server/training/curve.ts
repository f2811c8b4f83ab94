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
  const width = Math.max(1, Math.ceil(points.length / Math.max(1, most)));
  const thinned: CurvePoint[] = [];
  for (let start = 0; start < points.length; start += width) {
    const group = points.slice(start, start + width);
    const losses = group.map(({ loss }) => loss).filter(Number.isFinite);
    const last = group.at(-1)!;
    thinned.push({
      step: last.step,
      loss: losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
      learningRate: last.learningRate,
    });
  }
  return thinned;
}
