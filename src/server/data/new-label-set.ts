import { keysOf, type LabelInfo, type LabelSet } from './label-set';

/** Eight colours that stay apart for colour-blind eyes (Okabe and Ito 2008, "Color Universal Design", without black). */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#999999'];

/**
 * A label set for these classes: what `before` says of a label stays, labels that it lacks are added behind with a key and a colour, and
 * none is taken away.
 */
export function extendLabelSet(
  before: LabelSet,
  classes: readonly { readonly name: string; readonly description?: string }[],
): LabelSet {
  const known = new Set(before.labels.map(({ name }) => name));
  const added = classes.filter(({ name }) => !known.has(name));
  const keys = keysOf({ labels: [...before.labels, ...added] });
  const labels = added.map(({ name, description }, at): LabelInfo => {
    const key = keys.get(name);
    const color = COLOURS[(before.labels.length + at) % COLOURS.length]!;
    return {
      name,
      ...(description === undefined ? {} : { description }),
      color,
      ...(key === undefined ? {} : { key }),
    };
  });
  return { labels: [...before.labels, ...labels] };
}
