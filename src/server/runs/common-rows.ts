import type { JudgedRow } from './predictions';

/**
 * The rows that judged every run: for each, its position in every run's predictions. Rows are the same that have the same text and the same label; of
 * several such rows the first of one run is the first of another, and so on.
 */
export function commonRows(runs: readonly (readonly JudgedRow[])[]): number[][] {
  const [first = [], ...others] = runs;
  const places = others.map((rows) => {
    const byKey = new Map<string, number[]>();
    rows.forEach((row, at) => {
      const known = byKey.get(keyOf(row));
      if (known) known.push(at);
      else byKey.set(keyOf(row), [at]);
    });
    return byKey;
  });
  const turns = new Map<string, number>();
  return first.flatMap((row, at) => {
    const key = keyOf(row);
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    const found = places.map((byKey) => byKey.get(key)?.[turn]);
    return found.every((place) => place !== undefined) ? [[at, ...found]] : [];
  });
}

function keyOf({ hash, label }: JudgedRow): string {
  return `${hash} ${label}`;
}
