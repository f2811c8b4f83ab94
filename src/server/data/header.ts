import { foldName, isKnownName } from './column-names';
import { guessLabel, profileColumn } from './column-values';

/** A header's cells are names: short, and without the marks that end a sentence. */
const NAME_LENGTH = 24;
const SENTENCE_MARK = /[。！？；，.!?;,…]/;

/**
 * Whether the first of `rows` is a header. It is not, when it looks like the data below it; it is, when a cell of it is a known column
 * name or one of `asked` (the names that settings give). `rows` is a sample whose first row is the file's first row.
 */
export function hasHeader(rows: readonly (readonly string[])[], asked: readonly string[]): boolean {
  const [first, ...rest] = rows;
  if (first === undefined) return false;
  // A known name that comes again in its own column is a value: "y" among yes/no labels, "topic" among texts of one word.
  const recurs = (cell: string, column: number): boolean => rest.some((row) => row[column]?.trim() === cell.trim());
  const names = (known: (cell: string) => boolean) =>
    first.some((cell, column) => known(cell) && !recurs(cell, column));
  // A setting in digits is a column's number and says nothing about names.
  const askedNames = asked.filter((name) => !/^\d+$/.test(name.trim())).map(foldName);
  if (names((cell) => isKnownName(cell) || (cell.trim() !== '' && askedNames.includes(foldName(cell))))) return true;
  if (rest.length === 0 || first.length === 1) return false;
  return first.every(looksLikeName) && new Set(first).size === first.length && !resembles(first, rest);
}

function looksLikeName(cell: string): boolean {
  const name = cell.trim();
  return name !== '' && name.length <= NAME_LENGTH && !SENTENCE_MARK.test(name) && !/^[-+]?\d+$/.test(name);
}

/** Whether a first row of name-like cells has the label that other rows have, or is no shorter than what stands below it. */
function resembles(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  const profiles = first.map((_, column) => profileColumn(rest, column));
  const label = guessLabel(profiles, []);
  if (label !== undefined) return rest.some((row) => row[label]?.trim() === first[label]?.trim());
  // No column of labels: at least one column must be clearly longer than its would-be name, or numeric below it.
  return !profiles.some(
    (profile, column) => profile.numeric || profile.meanLength > 2 * (first[column]?.trim().length ?? 0),
  );
}
