/** What the values of one column look like. */
export interface ColumnProfile {
  /** Cells that are not blank. */
  readonly filled: number;
  /** How many different values there are among them. */
  readonly distinct: number;
  /** Their mean length in UTF-16 code units. */
  readonly meanLength: number;
  /** Whether all of them are numbers. */
  readonly numeric: boolean;
  /** Whether all of them are integers from 0 up that do not simply count the rows. */
  readonly classIds: boolean;
}

/** A label is short; this many code units hold the longest of the public data sets with room to spare. */
const LONGEST_LABEL = 40;
/** With fewer values than this, one that comes twice is sign enough. */
const FEW = 20;

/** Looks at column `column` of `rows`. */
export function profileColumn(rows: readonly (readonly string[])[], column: number): ColumnProfile {
  const values = rows.map((row) => (row[column] ?? '').trim()).filter((value) => value !== '');
  const integers = values.length > 0 && values.every((value) => /^\d{1,4}$/.test(value));
  const counting = values.every((value, at) => at === 0 || Number(value) > Number(values[at - 1]));
  return {
    filled: values.length,
    distinct: new Set(values).size,
    meanLength: values.reduce((sum, value) => sum + value.length, 0) / Math.max(values.length, 1),
    numeric: values.length > 0 && values.every((value) => /^[-+]?\d+([.,]\d+)?$/.test(value)),
    classIds: integers && !(values.length > 1 && counting),
  };
}

/** The column that looks most like labels (few different short values that come again), among those not in `taken`. */
export function guessLabel(
  profiles: readonly ColumnProfile[],
  taken: readonly (number | undefined)[],
): number | undefined {
  const cost = (profile: ColumnProfile): number => {
    if (profile.filled === 0 || profile.meanLength > LONGEST_LABEL) return Infinity;
    const share = profile.distinct / profile.filled;
    const repeats = profile.filled < FEW ? share < 1 : share <= 0.5;
    if (!repeats && !profile.classIds) return Infinity;
    // A column that says the same everywhere (a language, a split) is a label only for want of another.
    return profile.distinct === 1 ? 2 : share;
  };
  return cheapest(profiles, taken, cost);
}

/** The column that looks most like texts (long, and different in every row), among those not in `taken`. */
export function guessText(
  profiles: readonly ColumnProfile[],
  taken: readonly (number | undefined)[],
): number | undefined {
  return cheapest(profiles, taken, (profile) => {
    if (profile.filled === 0) return Number.MAX_VALUE;
    return -(profile.numeric ? 1e-6 : 1) * profile.meanLength * (profile.distinct / profile.filled);
  });
}

/** Whether two columns look like the halves of sentence pairs: texts of comparable length, both different in most rows. */
export function lookPaired(a: ColumnProfile, b: ColumnProfile): boolean {
  const varied = [a, b].every(
    (profile) => !profile.numeric && profile.filled > 0 && profile.distinct / profile.filled > 0.5,
  );
  return varied && Math.min(a.meanLength, b.meanLength) * 3 >= Math.max(a.meanLength, b.meanLength);
}

function cheapest(
  profiles: readonly ColumnProfile[],
  taken: readonly (number | undefined)[],
  cost: (profile: ColumnProfile) => number,
): number | undefined {
  let found: number | undefined;
  let least = Infinity;
  profiles.forEach((profile, column) => {
    const own = taken.includes(column) ? Infinity : cost(profile);
    if (own < least) [found, least] = [column, own];
  });
  return found;
}
