/** What became of a row whose cells don't match the columns. */
export type Raggedness = 'whole' | 'short' | 'lost';

/**
 * Whether a row has as many cells as there are columns. A `short` one is read with empty cells at its end; a `lost` one, with more cells or
 * without one that is needed, is left out of training (as `toDataset` does).
 * @param needed the greatest index of a text column
 */
export function raggedness(cells: number, width: number, needed: number): Raggedness {
  if (cells > width || cells <= needed) return 'lost';
  return cells < width ? 'short' : 'whole';
}
