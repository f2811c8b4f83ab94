import type { CellIndex } from '../cell-index';
import type { FileColumns } from '../file-columns';
import { nameLabel, type LabelNames } from '../labels';
import { cellValue } from '../scanner';
import { findDamage, type Damage } from './damage';
import { raggedness } from './ragged';
import { Flag, type RowFacts } from './row-facts';
import { textKey } from './text-hash';

/** A document as the checks read it. */
export interface CheckedText {
  readonly text: string;
  readonly index: CellIndex;
}

/** Looks at one row by itself and writes what it is into `facts`. A row of blanks alone is neither data nor a problem. */
export function checkRow({ text, index }: CheckedText, columns: FileColumns, row: number, facts: RowFacts): void {
  const cells = index.cellCount(row);
  const needed = Math.max(columns.text, columns.textB ?? 0);
  const value = (cell: number | undefined): string =>
    cell === undefined || cell >= cells ? '' : cellValue(text, index, row, cell);
  const a = value(columns.text).trim();
  const b = columns.textB === undefined ? undefined : value(columns.textB).trim();
  const empty = a === '' || b === '';
  if (empty && text.slice(index.rowStart(row), index.rowEnd(row)).trim() === '')
    return facts.set(row, 0, undefined, undefined);
  const raw = value(columns.label);
  const label = raw.trim();
  const ragged = raggedness(cells, columns.names.length, needed);
  let flags = 0;
  if (ragged !== 'whole') flags |= Flag.ragged;
  if (ragged !== 'lost') flags |= empty ? Flag.emptyText : Flag.data;
  if (label !== raw && label !== '') flags |= Flag.blanks;
  if (damageOfRow({ text, index }, row)) flags |= Flag.damaged;
  const key = (flags & Flag.data) === 0 ? undefined : textKey(a, b);
  facts.set(row, flags, key, label === '' || ragged === 'lost' ? undefined : label);
}

/** The first damage in a row, and its cell. */
export function damageOfRow(
  { text, index }: CheckedText,
  row: number,
): { readonly cell: number; readonly damage: Damage } | undefined {
  for (let cell = 0; cell < index.cellCount(row); cell++) {
    const damage = findDamage(text.slice(index.cellStart(row, cell), index.cellEnd(row, cell)));
    if (damage) return { cell, damage };
  }
  return undefined;
}

/** A label as people call it: the name of an integer where a file beside names them. */
export function calledLabel(label: string, names: LabelNames | undefined): string {
  return names ? (nameLabel(label, names) ?? label) : label;
}
