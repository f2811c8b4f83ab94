import type { Example } from '../data/example';
import { hashText } from './random';

/** Positions in the examples that were split, ascending. Unlabelled examples are on neither side. */
export interface Split {
  readonly train: number[];
  readonly heldOut: number[];
}

/** Rows of one label that say the same and therefore stay together. */
interface Group {
  readonly label: string;
  readonly members: number[];
  /** The order in which groups are held out: a seeded hash of the text, so that neither row order nor other rows matter. */
  readonly rank: number;
}

/**
 * Holds out a share of the labelled examples, the same share of every label as nearly as whole rows allow. Texts that are equal up to
 * width, case-preserving compatibility forms and white space (NFKC) stay on one side, whatever their labels. Every label with two or
 * more different texts keeps at least one of them for training; one with a single text is not held out at all.
 */
export function holdOut(examples: readonly Example[], seed: number, share = 0.2): Split {
  const byLabel = groupByLabel(examples, seed);
  const quotas = shareOut([...byLabel.values()].map((groups) => countRows(groups)), share); // prettier-ignore
  const held = new Set<number>();
  [...byLabel.values()].forEach((groups, label) => {
    for (const group of pickGroups(groups, quotas[label] ?? 0)) for (const member of group.members) held.add(member);
  });
  const labelled = examples.flatMap((example, at) => (example.label === undefined ? [] : [at]));
  return { train: labelled.filter((at) => !held.has(at)), heldOut: labelled.filter((at) => held.has(at)) };
}

/** What two examples share if they are duplicates of each other. */
export function duplicateKey(example: Pick<Example, 'text' | 'textB'>): string {
  const fold = (text: string) => text.normalize('NFKC').replace(/\s+/g, ' ').trim();
  return example.textB === undefined ? fold(example.text) : `${fold(example.text)}\0${fold(example.textB)}`;
}

function groupByLabel(examples: readonly Example[], seed: number): Map<string, Group[]> {
  const groups = new Map<string, Group>();
  examples.forEach((example, at) => {
    if (example.label === undefined) return;
    const key = duplicateKey(example);
    const group = groups.get(key);
    // A text with two labels is filed under the first by name, which the order of the rows cannot change.
    if (!group) groups.set(key, { label: example.label, members: [at], rank: hashText(key, seed) });
    else groups.set(key, { ...group, label: example.label < group.label ? example.label : group.label, members: [...group.members, at] }); // prettier-ignore
  });
  const byLabel = new Map<string, Group[]>();
  const ordered = [...groups].sort(([a, one], [b, other]) => one.rank - other.rank || (a < b ? -1 : 1));
  for (const [, group] of ordered) {
    const list = byLabel.get(group.label);
    if (list) list.push(group);
    else byLabel.set(group.label, [group]);
  }
  return byLabel;
}

/** Whole rows per label that add up to the rounded share of all: what is cut off goes to the labels that lost most by it. */
function shareOut(sizes: readonly number[], share: number): number[] {
  const quotas = sizes.map((size) => Math.floor(size * share));
  const total = Math.round(sizes.reduce((sum, size) => sum + size, 0) * share);
  const loss = (label: number): number => (sizes[label] ?? 0) * share - (quotas[label] ?? 0);
  const neediest = sizes.map((_, label) => label).sort((a, b) => loss(b) - loss(a) || (sizes[a] ?? 0) - (sizes[b] ?? 0));
  let left = total - quotas.reduce((sum, quota) => sum + quota, 0);
  for (const label of neediest) if (left-- > 0) quotas[label] = (quotas[label] ?? 0) + 1;
  return quotas;
}

/** Groups of one label, in rank order, that fit into `quota` rows and leave at least one group; one small group where none fits. */
function pickGroups(groups: readonly Group[], quota: number): Group[] {
  const picked: Group[] = [];
  let room = quota;
  for (const group of groups) {
    if (picked.length === groups.length - 1) break;
    if (group.members.length > room) continue;
    picked.push(group);
    room -= group.members.length;
  }
  const smallest = groups.reduce((least, group) => (group.members.length < least.members.length ? group : least));
  const fits = groups.length > 1 && quota > 0 && smallest.members.length * 2 <= countRows(groups);
  return picked.length === 0 && fits ? [smallest] : picked;
}

function countRows(groups: readonly Group[]): number {
  return groups.reduce((sum, group) => sum + group.members.length, 0);
}
