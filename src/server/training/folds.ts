import type { Example } from '../data/example';
import { createDisjointSets } from './disjoint-sets';
import { hashText } from './random';
import { duplicateKey } from './split';

/** How rows are dealt out to folds. */
export interface FoldSettings {
  /** How many, 2 or more. */
  readonly folds: number;
  /** Whether every fold gets the same share of every label; else folds are alike in size alone. */
  readonly stratified: boolean;
  readonly seed: number;
  /** The labels of the row at a position, where rows have several; none is a label of its own. */
  readonly labelsOf?: (position: number) => readonly string[];
  /** What the row at a position belongs to (an author, a document): rows of one group share a fold. Empty: it stands alone. */
  readonly groupOf?: (position: number) => string;
}

/** Rows that stay together: duplicates of a text, members of a group, and what either chains together. */
interface Cluster {
  readonly members: number[];
  /** Rows a label, by its number. */
  readonly counts: Map<number, number>;
  /** A seeded hash of its least text, so that the order of the rows in the file decides nothing. */
  readonly rank: number;
  readonly key: string;
}

/**
 * Deals labelled examples out to folds: the fold (from 0) of each, by position. Texts that are equal up to white space and Unicode's compatibility
 * forms share a fold, and so do the rows of a group. Stratified, a label's rows in two folds differ by one at most where no cluster is larger
 * than a row, else by as little as clusters allow when the largest are dealt first; unstratified, the same holds for the folds' sizes. The same
 * examples in another order, with the same seed, are dealt alike. Some folds stay empty where there are fewer clusters than folds.
 *
 * Where rows have several labels the same rule counts each of them. It is then a relative of iterative stratification (Sechidis, Tsoumakas and
 * Vlahavas 2011): rows of rare labels go first, to the fold that lacks them most, and frequent labels even out what is left.
 */
export function dealFolds(examples: readonly Example[], settings: FoldSettings): Int32Array {
  const { folds, stratified, seed } = settings;
  const labelsOf = settings.labelsOf ?? ((position) => [examples[position]!.label ?? '']);
  const labels = numberLabels(examples, stratified ? labelsOf : () => ['']);
  const clusters = clusterRows(examples, labels.of, seed, settings.groupOf);
  const weights = labels.sizes.map((size) => 1 / size ** 2);
  const impact = (cluster: Cluster) => {
    let sum = 0;
    for (const [label, rows] of cluster.counts) sum += weights[label]! * rows ** 2;
    return sum;
  };
  const order = clusters
    .map((cluster) => ({ cluster, impact: impact(cluster) }))
    .sort((a, b) => b.impact - a.impact || a.cluster.rank - b.cluster.rank || (a.cluster.key < b.cluster.key ? -1 : 1));
  const held = Array.from({ length: folds }, () => ({ rows: 0, counts: new Float64Array(labels.sizes.length) }));
  const dealt = new Int32Array(examples.length);
  for (const { cluster } of order) {
    const fold = fittingFold(held, cluster, weights);
    for (const member of cluster.members) dealt[member] = fold;
    const own = held[fold]!;
    own.rows += cluster.members.length;
    for (const [label, rows] of cluster.counts) own.counts[label]! += rows;
  }
  return dealt;
}

/** How many folds the examples allow: the number of their clusters. */
export function mostFolds(examples: readonly Example[], groupOf?: FoldSettings['groupOf']): number {
  return clusterRows(examples, () => [], 0, groupOf).length;
}

/**
 * The fold in which a cluster leaves the labels' shares most even: where the sum of squared shares grows least. Equal ones: the smaller fold,
 * then the first.
 */
function fittingFold(
  folds: readonly { readonly rows: number; readonly counts: Float64Array }[],
  { counts }: Cluster,
  weights: readonly number[],
): number {
  let [best, least] = [0, Infinity];
  folds.forEach((fold, at) => {
    let growth = 0;
    for (const [label, rows] of counts) growth += weights[label]! * rows * (2 * fold.counts[label]! + rows);
    // Sums of the same numbers in another order may differ in their last bits.
    const tie = Math.abs(growth - least) <= 1e-12 * growth;
    if (tie ? fold.rows < folds[best]!.rows : growth < least) [best, least] = [at, growth];
  });
  return best;
}

/** The labels of each example by number, in the order of the names, and how many rows each has. */
function numberLabels(examples: readonly Example[], labelsOf: (position: number) => readonly string[]) {
  const own = examples.map((_, position) => {
    const labels = labelsOf(position);
    return labels.length === 0 ? [''] : labels;
  });
  const names = [...new Set(own.flat())].sort();
  const numbers = new Map(names.map((name, number) => [name, number]));
  const numbered = own.map((labels) => labels.map((label) => numbers.get(label)!));
  const sizes = names.map(() => 0);
  for (const label of numbered.flat()) sizes[label]!++;
  return { of: (position: number) => numbered[position]!, sizes };
}

function clusterRows(
  examples: readonly Example[],
  labelsOf: (position: number) => readonly number[],
  seed: number,
  groupOf: FoldSettings['groupOf'],
): Cluster[] {
  const keys = examples.map(duplicateKey);
  const sets = createDisjointSets(examples.length);
  joinEqual(sets, keys);
  if (groupOf) joinEqual(sets, examples.map((_, position) => groupOf(position))); // prettier-ignore
  const members = new Map<number, number[]>();
  examples.forEach((_, position) => {
    const root = sets.find(position);
    const own = members.get(root);
    if (own) own.push(position);
    else members.set(root, [position]);
  });
  return [...members.values()].map((own) => {
    const counts = new Map<number, number>();
    for (const label of own.flatMap(labelsOf)) counts.set(label, (counts.get(label) ?? 0) + 1);
    const key = own.reduce((least, position) => (keys[position]! < least ? keys[position]! : least), keys[own[0]!]!);
    return { members: own, counts, rank: hashText(key, seed), key };
  });
}

/** Joins the positions whose values are equal and not empty. */
function joinEqual(sets: ReturnType<typeof createDisjointSets>, values: readonly string[]): void {
  const first = new Map<string, number>();
  values.forEach((value, position) => {
    if (value === '') return;
    const other = first.get(value);
    if (other === undefined) first.set(value, position);
    else sets.join(other, position);
  });
}
