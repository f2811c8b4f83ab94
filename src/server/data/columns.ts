import { columnsByName, foldName } from './column-names';
import { guessLabel, guessText, lookPaired, profileColumn } from './column-values';
import { hasHeader } from './header';
import { brief, type Problem } from './problem';

/** Columns that a person named: by header name (case, width and `_`/space do not matter) or by number from 1. */
export interface ColumnSettings {
  readonly text?: string;
  readonly textB?: string;
  readonly label?: string;
}

/** One column and how it was decided: a person said so, its name tells, or its values look like it. */
export interface ChosenColumn {
  /** Index from 0. */
  readonly index: number;
  /** Its name in the header, or its number from 1 where there is none. */
  readonly name: string;
  readonly how: 'setting' | 'name' | 'values';
}

/** Which columns of a file are what. */
export interface Columns {
  /** All columns, by header name or by number from 1. */
  readonly names: readonly string[];
  /** Whether the first row of the file is a header (always true for JSONL, whose keys are the names). */
  readonly header: boolean;
  /** The text to classify; absent only where a problem says why. */
  readonly text?: ChosenColumn;
  /** The second text of sentence pairs. */
  readonly textB?: ChosenColumn;
  /** Absent in a file without labels. */
  readonly label?: ChosenColumn;
}

type Role = 'text' | 'textB' | 'label';
const ROLES: readonly Role[] = ['text', 'textB', 'label'];
const SAMPLE = 1000;

/**
 * At most a thousand rows, evenly spread (many files are sorted by label) and beginning with the first: enough to decide columns by.
 * `rowAt` gives the cells of row `index` in [0, count).
 */
export function sampleRows(count: number, rowAt: (index: number) => readonly string[]): (readonly string[])[] {
  const taken = Math.min(count, SAMPLE);
  return Array.from({ length: taken }, (_, at) => rowAt(Math.floor((at * count) / taken)));
}

/**
 * Decides the columns of a file: settings first, then names, then values. `sample` is as {@link sampleRows} gives it; `keys` are the
 * names where the format has them, and then the first row is data. A setting that names no column is an `unknown-column` problem.
 */
export function chooseColumns(
  sample: readonly (readonly string[])[],
  settings: ColumnSettings = {},
  keys?: readonly string[],
): { columns: Columns; problems: Problem[] } {
  const asked = ROLES.flatMap((role) => settings[role] ?? []);
  const header = keys ?? (hasHeader(sample, asked) ? sample[0] : undefined);
  const rows = keys === undefined && header !== undefined ? sample.slice(1) : sample;
  const width = header?.length ?? commonWidth(rows);
  const names = Array.from({ length: width }, (_, column) => header?.[column]?.trim() || String(column + 1));
  const chosen: Partial<Record<Role, ChosenColumn>> = {};
  const problems: Problem[] = [];
  const taken = () => ROLES.map((role) => chosen[role]?.index);
  const choose = (role: Role, index: number | undefined, how: ChosenColumn['how']) => {
    if (index === undefined || chosen[role] || taken().includes(index)) return;
    chosen[role] = { index, name: names[index] ?? String(index + 1), how };
  };

  for (const role of ROLES) {
    const name = settings[role];
    if (name === undefined) continue;
    const index = findColumn(name, names);
    if (index === undefined) problems.push(unknownColumn(name, names, header === undefined ? sample[0] : undefined));
    choose(role, index, 'setting');
  }
  const named = header ? columnsByName(header) : {};
  // A person who names the text alone means that text alone, not a pair of which it is one half.
  const single = settings.text !== undefined && settings.textB === undefined;
  choose('label', named.label, 'name');
  choose('text', named.text, 'name');
  if (!single) choose('textB', named.textB, 'name');
  const profiles = names.map((_, column) => profileColumn(rows, column));
  choose('text', guessText(profiles, taken()), 'values');
  choose('label', guessLabel(profiles, taken()), 'values');
  const other = chosen.text?.how === 'values' && chosen.label && width === 3 ? guessText(profiles, taken()) : undefined;
  const [text, second] = [profiles[chosen.text?.index ?? -1], profiles[other ?? -1]];
  if (text && second && lookPaired(text, second)) choose('textB', other, 'values');
  if (!chosen.text && problems.length === 0 && rows.length > 0) problems.push(noText(names));
  return { columns: { names, header: header !== undefined, ...inFileOrder(chosen) }, problems };
}

/** One line that shows the decision: `text 问题 (by name), label 场景 (by name), with header`. */
export function describeColumns(columns: Columns): string {
  const how = { setting: 'as set', name: 'by name', values: 'guessed from its values' };
  const parts = ROLES.flatMap((role) => {
    const column = columns[role];
    if (!column) return [];
    const name = columns.header ? brief(column.name, 40) : `column ${column.name}`;
    return [`${role === 'textB' ? 'second text' : role} ${name} (${how[column.how]})`];
  });
  return [...parts, columns.label ? [] : ['no labels'], columns.header ? 'with header' : 'no header'].flat().join(', ');
}

/** Pairs guessed from values read left to right. */
function inFileOrder(chosen: Partial<Record<Role, ChosenColumn>>): Partial<Record<Role, ChosenColumn>> {
  const { text, textB } = chosen;
  if (!text || textB?.how !== 'values' || text.index < textB.index) return chosen;
  return { ...chosen, text: textB, textB: text };
}

/** The index of the column that a person means by a name (case and width do not matter) or a number from 1; undefined where there is none. */
export function findColumn(name: string, names: readonly string[]): number | undefined {
  const exact = names.indexOf(name.trim());
  const index = exact !== -1 ? exact : names.findIndex((other) => foldName(other) === foldName(name));
  if (index !== -1) return index;
  const number = /^\d+$/.test(name.trim()) ? Number(name) : 0;
  return number >= 1 && number <= names.length ? number - 1 : undefined;
}

/** The number of cells that most rows have. */
function commonWidth(rows: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  return [...counts].reduce((best, own) => (own[1] > best[1] ? own : best), [0, 0])[0];
}

function unknownColumn(name: string, names: readonly string[], first: readonly string[] | undefined): Problem {
  const shown = first
    ? names.map((own, column) => `${own} (${brief(first[column] ?? '', 12)})`).join(', ')
    : listed(names);
  const how = first ? 'The file has no header; name a column by its number' : 'Name one that is there';
  const remedy = names.length === 0 ? 'The file has no columns.' : `${how}: ${shown}.`;
  return {
    code: 'unknown-column',
    severity: 'error',
    row: 1,
    column: name,
    message: `There is no such column. ${remedy}`,
  };
}

function noText(names: readonly string[]): Problem {
  const message = `No column is left for the text; the columns are: ${listed(names)}. Say which one holds it.`;
  return { code: 'no-text-column', severity: 'error', row: 1, message };
}

function listed(names: readonly string[]): string {
  return names.map((name) => brief(name, 40)).join(', ');
}
