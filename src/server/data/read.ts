import { type CsvError, parse } from 'csv-parse/sync';
import { decodeText } from './decode';
import { readJsonLines } from './jsonl';
import type { Problem } from './problem';

/** How a data file is written. */
export type Format = 'tsv' | 'csv' | 'jsonl';

/** The rows of a file as text, before anyone decided what its columns mean. */
export interface Table {
  readonly format: Format;
  /** Column names where the format itself has them (JSONL's keys); elsewhere the first row may or may not be a header. */
  readonly keys?: readonly string[];
  /** The cells of each row, in file order. Blank rows (no cell with anything but white space) are left out. */
  readonly rows: readonly (readonly string[])[];
  /** For each row, the line of the file (from 1) on which it begins. */
  readonly lines: readonly number[];
  readonly problems: readonly Problem[];
}

/** The format that a file's name tells: `.csv`; `.jsonl`, `.ndjson` or `.json`; anything else, standard input too, is TSV. */
export function formatOf(name: string): Format {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase();
  if (extension === 'csv') return 'csv';
  return extension === 'jsonl' || extension === 'ndjson' || extension === 'json' ? 'jsonl' : 'tsv';
}

/**
 * Reads a file's bytes into rows. TSV has no quoting (Python's `csv.reader(quotechar=None)`), CSV is RFC 4180 and lenient about stray
 * quotes, JSONL has one object a line. Never throws: what cannot be read is a problem, and the rows before it are kept.
 */
export function readTable(bytes: Uint8Array, name: string): Table {
  const format = formatOf(name);
  const { text, problem } = decodeText(bytes);
  if (problem) return { format, rows: [], lines: [], problems: [problem] };
  return format === 'jsonl' ? { format, ...readJsonLines(text) } : { format, ...readSeparated(text, format) };
}

/** Whether a row says nothing: such rows are neither examples nor problems. */
export function isBlankRow(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function readSeparated(text: string, format: 'tsv' | 'csv'): Pick<Table, 'rows' | 'lines' | 'problems'> {
  const rows: string[][] = [];
  const lines: number[] = [];
  let line = 1;
  const keep = (cells: string[]): null => {
    if (!isBlankRow(cells)) {
      rows.push(cells);
      lines.push(line);
    }
    line += 1 + (format === 'csv' ? lineBreaks(cells) : 0);
    return null; // csv-parse need not keep it as well.
  };
  const problem = parseAll(text, format, keep);
  return { rows, lines, problems: problem ? [problem(line)] : [] };
}

/** Hands every record to `keep`; the problem that ended it early, given the line at which the record concerned begins. */
function parseAll(
  text: string,
  format: 'tsv' | 'csv',
  keep: (cells: string[]) => null,
): ((row: number) => Problem) | undefined {
  try {
    parse(text, {
      delimiter: format === 'tsv' ? '\t' : ',',
      quote: format === 'tsv' ? null : '"',
      record_delimiter: ['\r\n', '\n', '\r'],
      bom: true,
      relax_quotes: true,
      relax_column_count: true,
      on_record: keep,
    });
    return undefined;
  } catch (error) {
    // With these options an unclosed quote is all that csv-parse rejects; anything else keeps its own words.
    const open = (error as CsvError).code === 'CSV_QUOTE_NOT_CLOSED';
    const message = open
      ? 'A quote (") opened in this row is never closed, so the rest of the file would be one cell. Close it, or write a quote inside a cell as "".'
      : `This row cannot be read: ${(error as Error).message}.`;
    return (row) => ({ code: 'open-quote', severity: 'error', row, message });
  }
}

function lineBreaks(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) if (/[\r\n]/.test(cell)) count += cell.split(/\r\n|\n|\r/).length - 1;
  return count;
}
