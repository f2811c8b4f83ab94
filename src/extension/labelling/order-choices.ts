import type { LabelChoice } from '../../protocol/label-acts';

/** A prediction at least so probable comes before the labels that were used last. */
const SURE = 0.5;

/** How many recent labels come first. */
const RECENT = 3;

/** Where a choice stands: what is predicted, what was used last, the rest. */
export type ChoiceGroup = 'predicted' | 'recent' | 'other';

/**
 * The labels in the order in which they are offered: a prediction that is more likely right than not, then the last labels used (rows of one kind
 * often come together), then the others as they come, by their probability.
 * @param recent labels used before, the last one first
 */
export function orderChoices(
  choices: readonly LabelChoice[],
  recent: readonly string[],
): readonly { readonly choice: LabelChoice; readonly group: ChoiceGroup }[] {
  const [best] = choices;
  const predicted = best?.probability !== undefined && best.probability >= SURE ? best.name : undefined;
  const byName = new Map(choices.map((choice) => [choice.name, choice]));
  const last = recent.filter((name) => name !== predicted && byName.has(name)).slice(0, RECENT);
  const groupOf = ({ name }: LabelChoice): ChoiceGroup =>
    name === predicted ? 'predicted' : last.includes(name) ? 'recent' : 'other';
  const grouped = choices.map((choice) => ({ choice, group: groupOf(choice) }));
  const rank = { predicted: 0, recent: 1, other: 2 };
  return grouped.sort(
    (a, b) =>
      rank[a.group] - rank[b.group] ||
      (a.group === 'recent' ? last.indexOf(a.choice.name) - last.indexOf(b.choice.name) : 0),
  );
}
