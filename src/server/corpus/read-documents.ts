import { createReadStream } from 'node:fs';
import { type Readable, Transform, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { formatOf } from '../data/read';
import { RowlightError } from '../errors';
import { rethrow } from '../node-files';
import { isTable } from './sources';

/** A longer document goes on as another one, so that memory stays bounded whatever a file holds. */
const MOST_CHARACTERS = 65_536;

/**
 * The documents of a file, each as its lines, streamed: of a text a paragraph or sentence a line and an empty line between documents; of a table
 * (TSV, CSV, JSON lines) the cells of one column. `.gz` is unpacked.
 * @param column name of the column, or its number from 1 in a file without header; of a table alone
 * @param heard the bytes of each piece, as they lie on the disk
 * @throws RowlightError `bad-data` for a file that is not UTF-8, not gzip, or has no such column
 */
export async function* readDocuments(
  path: string,
  column: string | undefined,
  heard: (bytes: number) => void,
): AsyncGenerator<string[], void, void> {
  try {
    const text = openText(path, heard);
    if (isTable(path)) yield* cells(path, text, column!);
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

async function* cells(path: string, text: AsyncIterable<string>, column: string): AsyncGenerator<string[], void, void> {
  const table = path.replace(/\.gz$/i, '');
  const found = formatOf(table) === 'jsonl' ? jsonCells(path, text, column) : separatedCells(path, text, column, table);
  for await (const cell of found) {
    const document = cell.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
    if (document.length > 0) yield document;
  }
}

async function* separatedCells(
  path: string,
  text: AsyncIterable<string>,
  column: string,
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
  let index: number | undefined;
  for await (const row of rows as AsyncIterable<string[]>) {
    if (index === undefined) {
      const named = row.indexOf(column);
      const number = Number(column);
      if (named < 0 && !(Number.isInteger(number) && number >= 1 && number <= row.length)) {
        throw new RowlightError('bad-data', `${path}: has no column "${column}"; there are: ${row.join(', ')}`);
      }
      index = named < 0 ? number - 1 : named;
      if (named >= 0) continue;
    }
    yield row[index] ?? '';
  }
}

async function* jsonCells(
  path: string,
  text: AsyncIterable<string>,
  column: string,
): AsyncGenerator<string, void, void> {
  let number = 0;
  for await (const line of lines(text)) {
    number++;
    if (line.trim() === '') continue;
    const cell = cellOf(line, column);
    if (typeof cell !== 'string') {
      throw new RowlightError('bad-data', `${path}: line ${number}: no JSON object with a text "${column}"`);
    }
    yield cell;
  }
}

function cellOf(line: string, column: string): unknown {
  try {
    return (JSON.parse(line) as Record<string, unknown> | null)?.[column];
  } catch {
    return undefined;
  }
}
