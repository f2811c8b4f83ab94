import { setCell, type CellEdit } from '../data/cell-edit';
import { calledLabel, damageOfRow } from '../data/checks/check-row';
import { foldLabel } from '../data/checks/near-label';
import { Flag, NONE } from '../data/checks/row-facts';
import { cellValue, rowValues } from '../data/scanner';
import type { CheckedFile } from './diagnostics';

/*
 * The edits behind quick fixes. Each touches only the cells it means; none is made where the document no longer says what the diagnostic
 * said. Rows are those of the cell index, labels are names.
 */

/** The edit that gives a row a label, written as the file writes labels (names, or integers where a file beside names them). */
export function labelRow(file: CheckedFile, row: number, label: string): CellEdit[] {
  const { document, columns } = file;
  if (!document.index || columns.label === undefined) return [];
  const edit = setCell(document.text, document.index, row, columns.label, inCells(file, label));
  return edit ? [edit] : [];
}

/** The rows whose label is `label`. */
export function rowsLabelled({ checks: { facts }, columns }: CheckedFile, label: string): number[] {
  return rowsWhere(facts.length, (row) => {
    const own = facts.labelOf(facts.labels[row] ?? NONE);
    return !facts.is(row, Flag.stale) && own !== undefined && calledLabel(own, columns.labelNames) === label;
  });
}

/** The rows with blanks around their label. */
export function rowsWithBlanks({ checks: { facts } }: CheckedFile): number[] {
  return rowsWhere(facts.length, (row) => facts.is(row, Flag.blanks));
}

/** Takes the blanks around the label of a row away. */
export function trimLabel({ document, columns }: CheckedFile, row: number): CellEdit[] {
  const { index, text } = document;
  if (!index || columns.label === undefined || columns.label >= index.cellCount(row)) return [];
  const edit = setCell(text, index, row, columns.label, cellValue(text, index, row, columns.label).trim());
  return edit ? [edit] : [];
}

/** The rows that have a text and lack cells at their end. */
export function shortRows({ document: { index }, checks: { facts }, columns }: CheckedFile): number[] {
  return rowsWhere(
    facts.length,
    (row) => facts.is(row, Flag.ragged) && (index?.cellCount(row) ?? 0) < columns.names.length,
  );
}

/** Adds the empty cells that a row lacks. */
export function padRow({ document: { index, text }, columns }: CheckedFile, row: number): CellEdit[] {
  const last = columns.names.length - 1;
  if (!index || index.cellCount(row) > last) return [];
  const edit = setCell(text, index, row, last, '');
  return edit ? [edit] : [];
}

/** The other rows with the text of a row, in the order of the file. */
export function twinRows(
  { document: { index, text }, checks: { facts }, columns }: CheckedFile,
  row: number,
): number[] {
  if (!index || !facts.is(row, Flag.data)) return [];
  const says = (at: number): string =>
    [columns.text, columns.textB]
      .map((cell) => (cell === undefined ? '' : cellValue(text, index, at, cell).trim()))
      .join('\t');
  const own = says(row);
  const key = facts.keys[row];
  return rowsWhere(
    facts.length,
    (at) => at !== row && facts.is(at, Flag.data) && facts.keys[at] === key && says(at) === own,
  );
}

/** The rows that say in every cell what an earlier row says, with that row. */
export function repeatedRows({ document: { index, text }, checks: { facts } }: CheckedFile): Map<number, number> {
  const first = new Map<string, number>();
  const repeated = new Map<number, number>();
  const seen = new Map<number, number>();
  for (let row = 0; index && row < facts.length; row++) {
    if (!facts.is(row, Flag.data)) continue;
    const key = facts.keys[row] ?? 0;
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, row);
      continue;
    }
    // Only rows with a text that comes again are read whole.
    const whole = (at: number): string => JSON.stringify(rowValues(text, index, at));
    if (!first.has(whole(before))) first.set(whole(before), before);
    const own = whole(row);
    const twin = first.get(own);
    if (twin === undefined) first.set(own, row);
    else repeated.set(row, twin);
  }
  return repeated;
}

/** Removes rows, given in the order of the file, with their line breaks; where the last one has none, the line break before it goes. */
export function removeRows({ document: { index, text } }: CheckedFile, rows: readonly number[]): CellEdit[] {
  if (!index) return [];
  const edits: CellEdit[] = [];
  for (let at = 0; at < rows.length; at++) {
    const first = rows[at] ?? 0;
    while (rows[at + 1] === (rows[at] ?? 0) + 1) at++;
    const next = (rows[at] ?? 0) + 1;
    const start = index.rowStart(first);
    if (next < index.rowCount) edits.push({ start, end: index.rowStart(next), text: '' });
    else if (index.rowEnd(next - 1) < text.length || first === 0) edits.push({ start, end: text.length, text: '' });
    else edits.push({ start: index.rowEnd(first - 1), end: text.length, text: '' });
  }
  return edits;
}

/** Puts what a damaged text should say in place of it, where that is known for certain. */
export function repairRow(
  { document: { index, text } }: CheckedFile,
  row: number,
): { edits: CellEdit[]; says: string } | undefined {
  const found = index && damageOfRow({ text, index }, row);
  if (!found || found.damage.repaired === undefined || found.damage.partial) return undefined;
  const { start, end, repaired } = found.damage;
  // What would need quotes, or would break the row, is left to a person.
  if (/[\t\r\n",]/.test(repaired)) return undefined;
  const from = index.cellStart(row, found.cell);
  return { edits: [{ start: from + start, end: from + end, text: repaired }], says: repaired };
}

/** Every edit that nobody could object to: missing cells, blanks around labels, and labels that are declared ones in another width or case. */
export function certainEdits(file: CheckedFile): CellEdit[] {
  const {
    declared,
    checks: { facts },
  } = file;
  const declaredForms = new Map((declared ?? []).map((label) => [foldLabel(label), label]));
  const known = new Set(declared);
  const respelt = (row: number): string | undefined => {
    const label = facts.labelOf(facts.labels[row] ?? NONE);
    const form =
      label === undefined || known.has(label) || facts.is(row, Flag.stale)
        ? undefined
        : declaredForms.get(foldLabel(label));
    return form;
  };
  const rows = rowsWhere(facts.length, (row) => (facts.flags[row] ?? 0) !== 0);
  const short = new Set(shortRows(file));
  return rows.flatMap((row) => {
    if (short.has(row)) return padRow(file, row);
    const label = respelt(row);
    if (label !== undefined) return labelRow(file, row, label);
    return facts.is(row, Flag.blanks) ? trimLabel(file, row) : [];
  });
}

/** A label as the cells of a file write it. */
function inCells({ columns: { labelNames }, checks: { facts } }: CheckedFile, label: string): string {
  const at = labelNames?.names.indexOf(label) ?? -1;
  if (!labelNames || at < 0) return label;
  const integers =
    rowsWhere(facts.length, (row) => /^\d+$/.test(facts.labelOf(facts.labels[row] ?? NONE) ?? ''), 1).length > 0;
  return integers ? String(at + labelNames.first) : label;
}

function rowsWhere(length: number, holds: (row: number) => boolean, most = Infinity): number[] {
  const rows: number[] = [];
  for (let row = 0; row < length && rows.length < most; row++) if (holds(row)) rows.push(row);
  return rows;
}
