/** Rows of a file as text hashes. */
export interface HashedRows {
  readonly count: number;
  /** `textHash` of a row's text; undefined where the row has none. */
  hashAt(row: number): string | undefined;
}

/** A row to be found. */
export interface WantedRow {
  /** Where it was, which is looked at first. */
  readonly row: number;
  readonly hash: string;
}

/**
 * Finds rows by the hashes of their texts, wherever edits have moved them; undefined for a row that is gone. Of several rows with the text
 * of a wanted one the nearest to its old place is taken, and no row is taken twice. Calls `breathe` every few hundred rows.
 */
export async function locateRows(
  wanted: readonly WantedRow[],
  rows: HashedRows,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<(number | undefined)[]> {
  const found = new Array<number | undefined>(wanted.length);
  const taken = new Set<number>();
  const left = new Map<string, number[]>();
  for (const [at, { row, hash }] of wanted.entries()) {
    if (at % BATCH === 0) await breathe();
    if (row < rows.count && !taken.has(row) && rows.hashAt(row) === hash) {
      found[at] = row;
      taken.add(row);
    } else {
      const asking = left.get(hash);
      if (asking) asking.push(at);
      else left.set(hash, [at]);
    }
  }
  if (left.size === 0) return found;
  const places = new Map<string, number[]>([...left.keys()].map((hash) => [hash, []]));
  for (let row = 0; row < rows.count; row++) {
    if (row % BATCH === 0) await breathe();
    if (taken.has(row)) continue;
    const hash = rows.hashAt(row);
    if (hash !== undefined) places.get(hash)?.push(row);
  }
  for (const [hash, asking] of left) {
    const free = places.get(hash) ?? [];
    for (const [turn, at] of asking.entries()) {
      // Hundreds of rows with one text are no text to tell apart: they are taken in their order.
      if (free.length * asking.length > MANY) found[at] = free[turn];
      else found[at] = free.splice(nearest(free, wanted[at]!.row), 1)[0];
    }
  }
  return found;
}

function nearest(rows: readonly number[], old: number): number {
  return rows.reduce((best, row, i) => (Math.abs(row - old) < Math.abs(rows[best]! - old) ? i : best), 0);
}

/** Above this many comparisons for one text the nearest is not looked for. */
const MANY = 10_000;

/** Rows between two breaths: a hash takes about a microsecond. */
const BATCH = 256;
