import { createReadStream } from 'node:fs';
import { type Readable, Transform, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { columnsByName } from '../data/column-names';
import { formatOf } from '../data/read';
import { RowlightError } from '../errors';
import { rethrow } from '../node-files';
import { isTable } from './sources';

/** A longer document goes on as another one, so that memory stays bounded whatever a file holds. */
const MOST_CHARACTERS = 65_536;

/** Which cells of tables are texts. */
export interface TableTexts {
  /** Name of their column, or its number from 1 in a file without header. */
  readonly textColumn?: string | undefined;
  /** With `unlabelled`, rows that have a label are left out. */
  readonly rows?: 'unlabelled' | undefined;
  /** The column of labels; without it the one whose name tells. */
  readonly labelColumn?: string | undefined;
}

/**
 * The documents of a file, each as its lines, streamed: of a text a paragraph or sentence a line and an empty line between documents; of a table
 * (TSV, CSV, JSON lines) the cells of one column. `.gz` is unpacked.
 * @param heard the bytes of each piece, as they lie on the disk
 * @throws RowlightError `bad-data` for a file that is not UTF-8, not gzip, or has no such column
 */
export async function* readDocuments(
  path: string,
  texts: TableTexts,
  heard: (bytes: number) => void,
): AsyncGenerator<string[], void, void> {
  try {
    const text = openText(path, heard);
    if (isTable(path)) yield* cells(path, text, texts);
    else yield* paragraphs(text);
  } catch (error) {
    if (RowlightError.is(error)) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new RowlightError('bad-data', `${path}: not in UTF-8; convert it, with iconv for example`);
    if (code.startsWith('Z_'))
      throw new RowlightError('bad-data', `${path}: is no whole gzip file; copy or download it again`);
    if (code.startsWith('CSV_')) throw new RowlightError('bad-data', `${path}: ${(error as Error).message}`);
    rethrow(error, path);
  }
}

/** The text of a file in pieces. */
async function* openText(path: string, heard: (bytes: number) => void): AsyncGenerator<string, void, void> {
  const file = createReadStream(path);
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      heard(chunk.length);
      done(null, chunk);
    },
  });
  // Errors of any stage reach the last, which is read.
  const stages: Readable = path.endsWith('.gz')
    ? pipeline(file, counted, createGunzip(), () => undefined)
    : pipeline(file, counted, () => undefined);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of stages) yield decoder.decode(chunk as Buffer, { stream: true });
  yield decoder.decode();
}

/** Lines of a text as it comes; one that is longer than a document may be is cut. */
async function* lines(text: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const piece of text) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop()!;
    yield* parts.map((line) => line.replace(/\r$/, ''));
    while (rest.length > MOST_CHARACTERS) {
      yield rest.slice(0, MOST_CHARACTERS);
      rest = rest.slice(MOST_CHARACTERS);
    }
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}

async function* paragraphs(text: AsyncIterable<string>): AsyncGenerator<string[], void, void> {
  let document: string[] = [];
  let characters = 0;
  for await (const line of lines(text)) {
    const ends = line.trim() === '';
    if (!ends) {
      document.push(line);
      characters += line.length;
    }
    if ((ends || characters > MOST_CHARACTERS) && document.length > 0) {
      yield document;
      document = [];
      characters = 0;
    }
  }
  if (document.length > 0) yield document;
}

async function* cells(
  path: string,
  text: AsyncIterable<string>,
  texts: TableTexts,
): AsyncGenerator<string[], void, void> {
  const table = path.replace(/\.gz$/i, '');
  const found = formatOf(table) === 'jsonl' ? jsonCells(path, text, texts) : separatedCells(path, text, texts, table);
  for await (const cell of found) {
    const document = cell.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
    if (document.length > 0) yield document;
  }
}

async function* separatedCells(
  path: string,
  text: AsyncIterable<string>,
  texts: TableTexts,
  table: string,
): AsyncGenerator<string, void, void> {
  const tsv = formatOf(table) === 'tsv';
  const parser = parse({
    delimiter: tsv ? '\t' : ',',
    quote: tsv ? null : '"',
    record_delimiter: ['\r\n', '\n', '\r'],
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  // What stops the text stops the parser with it.
  const rows = pipeline(text, parser, () => undefined);
  let found: { readonly text: number; readonly label: number | undefined; readonly header: boolean } | undefined;
  for await (const row of rows as AsyncIterable<string[]>) {
    if (found === undefined) {
      found = findColumns(path, row, texts);
      if (found.header) continue;
    }
    if (isUnlabelled(found.label === undefined ? undefined : row[found.label])) yield row[found.text] ?? '';
  }
}

/** Where texts and labels stand, by the first row of a file. Throws a `RowlightError` that names the columns there are. */
function findColumns(path: string, row: readonly string[], { textColumn = '', rows, labelColumn }: TableTexts) {
  // A number names a column of a header that consists of numbers; in any other first row it is a cell, such as a label.
  const isNamed = (column: string) =>
    row.includes(column) && (!/^\d+$/.test(column) || row.every((cell) => /^\d+$/.test(cell)));
  const place = (column: string): number => {
    const named = isNamed(column) ? row.indexOf(column) : -1;
    const number = Number(column);
    if (named < 0 && !(Number.isInteger(number) && number >= 1 && number <= row.length)) {
      throw new RowlightError('bad-data', `${path}: has no column "${column}"; there are: ${row.join(', ')}`);
    }
    return named < 0 ? number - 1 : named;
  };
  const found = { text: place(textColumn), header: isNamed(textColumn) };
  if (rows === undefined) return { ...found, label: undefined };
  const label = labelColumn === undefined ? columnsByName(row).label : place(labelColumn);
  if (label === undefined || label === found.text) throw noLabels(path, row);
  return { ...found, label };
}

function noLabels(path: string, columns: readonly string[]): RowlightError {
  return new RowlightError(
    'bad-argument',
    `${path}: say which column has the labels: --label-column NAME; there are: ${columns.join(', ')}`,
  );
}

/** Whether a label says nothing: the cell is empty, or its key is missing. */
function isUnlabelled(label: unknown): boolean {
  return label === undefined || label === null || String(label as string).trim() === '';
}

async function* jsonCells(
  path: string,
  text: AsyncIterable<string>,
  { textColumn = '', rows, labelColumn }: TableTexts,
): AsyncGenerator<string, void, void> {
  let number = 0;
  for await (const line of lines(text)) {
    number++;
    if (line.trim() === '') continue;
    const row = rowOf(line);
    const cell = row?.[textColumn];
    if (row === undefined || typeof cell !== 'string') {
      throw new RowlightError('bad-data', `${path}: line ${number}: no JSON object with a text "${textColumn}"`);
    }
    if (rows === undefined || isUnlabelled(labelOf(row, labelColumn))) yield cell;
  }
}

/** The label of an object: that of a key, or of the key whose name tells. Objects without a label may lack the key. */
function labelOf(row: Readonly<Record<string, unknown>>, labelColumn: string | undefined): unknown {
  const keys = Object.keys(row);
  return row[labelColumn ?? keys[columnsByName(keys).label ?? -1] ?? ''];
}

function rowOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return (JSON.parse(line) as Record<string, unknown> | null) ?? undefined;
  } catch {
    return undefined;
  }
}
