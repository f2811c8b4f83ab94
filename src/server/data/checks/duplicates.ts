import { Flag, NONE, type RowFacts } from './row-facts';

/** Rows with the same text: the first row of each group → all of its rows, ascending. Groups of one are left out. */
export type Duplicates = ReadonlyMap<number, readonly number[]>;

/** Finds the rows whose texts are equal but for blanks at their ends, by their keys. Yields now and then. */
export function* findDuplicates(facts: RowFacts): Generator<void, Duplicates> {
  const first = new Map<number, number>();
  const groups = new Map<number, number[]>();
  for (let row = 0; row < facts.length; row++) {
    if (row % 1024 === 0) yield;
    if (!facts.is(row, Flag.data)) continue;
    const key = facts.keys[row] ?? 0;
    const twin = first.get(key);
    if (twin === undefined) first.set(key, row);
    else {
      const group = groups.get(twin);
      if (group) group.push(row);
      else groups.set(twin, [twin, row]);
    }
  }
  return groups;
}

/** What a row has to do with the others of its group. */
export type Twin =
  /** The nearest row from the group's start with another label. */
  | { readonly kind: 'conflict'; readonly twin: number }
  /** No other label contradicts this row's; `twin` is the first row with the text. */
  | { readonly kind: 'duplicate'; readonly twin: number };

/** What each row of a group is; undefined for the first row of a group that agrees. */
export function* twinsOf(group: readonly number[], facts: RowFacts): Generator<{ row: number; twin: Twin }> {
  const [first = 0] = group;
  // The first row of each label: every row in conflict is linked to the first of another label than its own.
  const firstOf = new Map<number, number>();
  for (const row of group) {
    const label = facts.labels[row] ?? NONE;
    if (label !== NONE && !firstOf.has(label)) firstOf.set(label, row);
  }
  const [one, two] = [...firstOf];
  for (const row of group) {
    const label = facts.labels[row] ?? NONE;
    if (label !== NONE && one && two)
      yield { row, twin: { kind: 'conflict', twin: label === one[0] ? two[1] : one[1] } };
    else if (row !== first) yield { row, twin: { kind: 'duplicate', twin: first } };
  }
}
