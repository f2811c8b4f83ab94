import type { LabelChoice } from '../../protocol/label-acts';
import { keysOf } from '../data/label-set';
import type { Prediction } from '../inference/prediction';
import type { FileLabels } from './label-set-of-file';

/** Every label that a row may get: those that the model knows by their probability, then the others in the order of the label set. */
export function choicesOf(
  { set }: FileLabels,
  known: readonly string[],
  prediction: Prediction | undefined,
): LabelChoice[] {
  const keys = keysOf(set);
  const probabilities = new Map(known.map((name, at) => [name, prediction?.probabilities[at]]));
  const infos = new Map(set.labels.map((label) => [label.name, label]));
  // A label that is only the model's can still be the right one.
  for (const name of known) if (!infos.has(name)) infos.set(name, { name });
  const choices = [...infos.values()].map(({ name, description, color }): LabelChoice => {
    const [key, probability] = [keys.get(name), probabilities.get(name)];
    return {
      name,
      ...(description === undefined ? {} : { description }),
      ...(color === undefined ? {} : { color }),
      ...(key === undefined ? {} : { key }),
      ...(probability === undefined ? {} : { probability }),
    };
  });
  return choices.sort((a, b) => (b.probability ?? -1) - (a.probability ?? -1));
}
