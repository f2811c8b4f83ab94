/** From this probability on a prediction is worth a person's second look at the label. */
export const CONFIDENT = 0.9;

/** Whether a prediction contradicts a label: it is confident, names another one, and the model knows the given one. */
export function contradicts(
  label: string,
  predicted: string,
  probability: number,
  known: ReadonlySet<string>,
): boolean {
  return probability >= CONFIDENT && predicted !== label && known.has(label);
}
