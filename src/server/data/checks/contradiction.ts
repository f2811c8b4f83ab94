import { sameLabels, splitLabels } from '../multi-label';

/** From this probability on a prediction is worth a person's second look at the label. */
export const CONFIDENT = 0.9;

/**
 * Whether a prediction contradicts a label: it is confident, names another one, and the model knows the given one. Cells of several labels are
 * compared as sets; their probability is that of the least sure decision, so that a confident set is confident of every label.
 * @param delimiter of cells with several labels
 */
export function contradicts(
  label: string,
  predicted: string,
  probability: number,
  known: ReadonlySet<string>,
  delimiter?: string,
): boolean {
  if (probability < CONFIDENT || !knowsLabels(label, known, delimiter)) return false;
  return !sameLabels(label, predicted, delimiter === undefined ? undefined : { delimiter });
}

/** Whether all labels of a cell are known. */
export function knowsLabels(label: string, known: ReadonlySet<string>, delimiter: string | undefined): boolean {
  if (delimiter === undefined) return known.has(label);
  return splitLabels(label, { delimiter }).every((one) => known.has(one));
}
