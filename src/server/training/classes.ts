import type { Example } from '../data/example';
import { splitLabels, type MultiLabel } from '../data/multi-label';

/** What the truth of a row can be: training knows it by its number. */
export interface Classes {
  /** Labels as rows have them; of rows with several labels, every set that occurs. */
  readonly names: readonly string[];
  /** Label ids of each set, where rows have several labels. */
  readonly sets?: readonly (readonly number[])[];
}

/** The classes of labelled rows: the labels themselves, or the sets of them that occur, in the order of the rows. */
export function classesOf(
  labels: readonly string[],
  rows: Iterable<Pick<Example, 'label'>>,
  multiLabel: MultiLabel | undefined,
): Classes {
  if (multiLabel === undefined) return { names: labels };
  const names = new Set<string>();
  for (const { label } of rows) if (label !== undefined) names.add(label);
  const ids = new Map(labels.map((label, id) => [label, id]));
  const sets = [...names].map((name) => splitLabels(name, multiLabel).flatMap((label) => ids.get(label) ?? []));
  return { names: [...names], sets };
}

/** 1 for every label that a row has, row after row. */
export function multiHot(truth: ArrayLike<number>, sets: readonly (readonly number[])[], width: number): Uint8Array {
  const hot = new Uint8Array(truth.length * width);
  for (let row = 0; row < truth.length; row++)
    for (const label of sets[truth[row]!] ?? []) hot[row * width + label] = 1;
  return hot;
}

/**
 * Rows with one label each, by which sets are split into strata: the rarest of their own, since the frequent ones come out evenly by
 * themselves (the first step of iterative stratification, Sechidis et al. 2011). A row without labels keeps its empty set.
 */
export function byRarestLabel<Row extends Pick<Example, 'label'>>(rows: readonly Row[], multiLabel: MultiLabel): Row[] {
  const own = rows.map(({ label }) => (label === undefined ? undefined : splitLabels(label, multiLabel)));
  const counts = new Map<string, number>();
  for (const labels of own) for (const label of labels ?? []) counts.set(label, (counts.get(label) ?? 0) + 1);
  return rows.map((row, at) => {
    const [first, ...rest] = own[at] ?? [];
    if (first === undefined) return row;
    const label = rest.reduce((rarest, one) => (counts.get(one)! < counts.get(rarest)! ? one : rarest), first);
    return { ...row, label };
  });
}
