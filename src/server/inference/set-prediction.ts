import { type MultiLabel, joinLabels } from '../data/multi-label';
import { GIVEN } from './given';

/** The set of labels that probabilities mean, as the cell that holds it, and the probability of its least sure decision. */
export function setOf(
  probabilities: ArrayLike<number>,
  labels: readonly string[],
  multiLabel: Pick<MultiLabel, 'delimiter'>,
): { readonly label: string; readonly given: string[]; readonly probability: number } {
  const given = labels.filter((_, id) => probabilities[id]! >= GIVEN);
  const sureness = Array.from(probabilities, (probability) => Math.max(probability, 1 - probability));
  return { label: joinLabels(given, labels, multiLabel), given, probability: Math.min(...sureness) };
}
