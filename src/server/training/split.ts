import type { Example } from '../data/example';
import { hashText } from './random';

/** Positions in the examples that were split, ascending. Unlabelled examples are on neither side. */
export interface Split {
  readonly train: number[];
  readonly heldOut: number[];
}

/** Labelled examples that say the same and therefore stay together. */
interface Group {
  /** The labels of its members: one, unless people disagreed. */
  readonly labels: Set<string>;
  readonly members: number[];
  /** The order in which groups are held out: a seeded hash of the text, so that neither row order nor other rows matter. */
  readonly rank: number;
  readonly key: string;
}

/**
 * Holds out a share of the labelled examples, the same share of every label as nearly as whole rows allow. Texts that are equal up to
 * white space and compatibility forms such as full width (Unicode NFKC) stay on one side, whatever their labels. Every label with two
 * or more different texts keeps one for training; a label with a single text is not held out. The same examples in any order, with the
 * same seed, are split alike.
 */
export function holdOut(examples: readonly Example[], seed: number, share = 0.2): Split {
  const groups = groupDuplicates(examples, seed);
  const left = new Map<string, number>();
  for (const { labels } of groups) for (const label of labels) left.set(label, (left.get(label) ?? 0) + 1);
  const byLabel = groupByHome(groups);
  const quotas = shareOut(new Map([...byLabel].map(([label, own]) => [label, countRows(own)])), share);
  const held = new Set<number>();
  for (const [label, own] of byLabel) {
    for (const group of pickGroups(own, quotas.get(label) ?? 0, left))
      for (const member of group.members) held.add(member);
  }
  const labelled = examples.flatMap((example, at) => (example.label === undefined ? [] : [at]));
  return { train: labelled.filter((at) => !held.has(at)), heldOut: labelled.filter((at) => held.has(at)) };
}

/** What two examples share if and only if they are duplicates of each other. */
export function duplicateKey(example: Pick<Example, 'text' | 'textB'>): string {
  const fold = (text: string) => text.normalize('NFKC').replace(/\s+/g, ' ').trim();
  return example.textB === undefined ? fold(example.text) : `${fold(example.text)}\n${fold(example.textB)}`;
}

/** The groups in the order of their ranks. */
function groupDuplicates(examples: readonly Example[], seed: number): Group[] {
  const groups = new Map<string, Group>();
  examples.forEach((example, at) => {
    if (example.label === undefined) return;
    const key = duplicateKey(example);
    const group = groups.get(key) ?? { labels: new Set(), members: [], rank: hashText(key, seed), key };
    group.labels.add(example.label);
    group.members.push(at);
    groups.set(key, group);
  });
  return [...groups.values()].sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
}

function groupByHome(groups: readonly Group[]): Map<string, Group[]> {
  const byLabel = new Map<string, Group[]>();
  for (const group of groups) {
    const label = homeLabel(group);
    const own = byLabel.get(label);
    if (own) own.push(group);
    else byLabel.set(label, [group]);
  }
  return byLabel;
}

/** The label under which a group is counted: the least by name, which the order of the rows cannot change. */
function homeLabel(group: Group): string {
  return [...group.labels].reduce((least, label) => (label < least ? label : least));
}

/** Whole rows per label that add up to the rounded share of all: what rounding cut off goes to the labels that lost most by it. */
function shareOut(sizes: ReadonlyMap<string, number>, share: number): Map<string, number> {
  const total = Math.round([...sizes.values()].reduce((sum, size) => sum + size, 0) * share);
  const quotas = new Map([...sizes].map(([label, size]) => [label, Math.floor(size * share)]));
  const neediest = [...sizes]
    .map(([label, size]) => ({ label, loss: size * share - Math.floor(size * share) }))
    .sort((a, b) => b.loss - a.loss || (a.label < b.label ? -1 : 1));
  const cut = total - [...quotas.values()].reduce((sum, quota) => sum + quota, 0);
  for (const { label } of neediest.slice(0, cut)) quotas.set(label, (quotas.get(label) ?? 0) + 1);
  return quotas;
}

/**
 * Groups of one label, in rank order, that fit into `quota` rows; where none fits, its smallest group if that is at most half of the
 * label. `left` counts the groups of each label that are still in training; none goes below one.
 */
function pickGroups(groups: readonly Group[], quota: number, left: Map<string, number>): Group[] {
  const picked: Group[] = [];
  const pick = (group: Group): boolean => {
    if ([...group.labels].some((label) => (left.get(label) ?? 0) < 2)) return false;
    for (const label of group.labels) left.set(label, (left.get(label) ?? 0) - 1);
    picked.push(group);
    return true;
  };
  let room = quota;
  for (const group of groups) if (group.members.length <= room && pick(group)) room -= group.members.length;
  const smallest = groups.reduce((least, group) => (group.members.length < least.members.length ? group : least));
  if (picked.length === 0 && quota > 0 && smallest.members.length * 2 <= countRows(groups)) pick(smallest);
  return picked;
}

function countRows(groups: readonly Group[]): number {
  return groups.reduce((sum, group) => sum + group.members.length, 0);
}
