import type { Dialect } from './cell-index';

/** A value as a new cell of a file has it. TSV has no quoting: what would break a line becomes a blank; CSV quotes by RFC 4180 where it must. */
export function encodeCell(value: string, dialect: Dialect): string {
  if (dialect === 'tsv') return value.replace(/[\t\r\n]+/g, ' ');
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** A line of a TSV, with its end. */
export function tsvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => encodeCell(cell, 'tsv')).join('\t')}\n`;
}
