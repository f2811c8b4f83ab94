import type { Dialect } from '../data/cell-index';

/**
 * How a document separates its cells: by its language id where that says so, else by its file extension, else by its first line; undefined
 * where the first line speaks for a separator that Rowlight does not read (`csv (semicolon)` and the like name one, but people's files and
 * ids differ often enough that the text decides).
 */
export function dialectOf(languageId: string, uri: string, text: string): Dialect | undefined {
  if (languageId === 'tsv') return 'tsv';
  if (languageId === 'csv' || languageId === 'rfc_csv') return 'csv';
  const extension = /\.([a-z]+)$/i.exec(uri)?.[1]?.toLowerCase();
  if (extension === 'tsv' || extension === 'tab') return 'tsv';
  const line = firstLine(text);
  if (line.includes('\t')) return 'tsv';
  if (line.includes(',')) return 'csv';
  return /[;|^~]/.test(line) ? undefined : extension === 'csv' ? 'csv' : 'tsv';
}

function firstLine(text: string): string {
  const end = text.search(/[\r\n]/);
  return text.slice(0, end < 0 ? 10_000 : Math.min(end, 10_000));
}
