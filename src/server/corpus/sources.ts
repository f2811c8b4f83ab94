import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RowlightError } from '../errors';
import { rethrow } from '../node-files';

/** A file of a corpus. */
export interface CorpusFile {
  readonly path: string;
  readonly bytes: number;
}

/** What is read of a folder: texts, and tables where a column is named. */
const TEXTS = /\.(txt|text)(\.gz)?$/i;
const TABLES = /\.(tsv|tab|csv|jsonl|ndjson)(\.gz)?$/i;

/** Whether a file is a table, of which one column is read. */
export function isTable(path: string): boolean {
  return TABLES.test(path);
}

/**
 * The files that paths mean, in their order; those of a folder and of its folders sorted by name. Rejects with reason `not-found` for what is not there
 * and for a folder without any, `bad-argument` for a table without a column.
 */
export async function corpusFiles(paths: readonly string[], column: string | undefined): Promise<CorpusFile[]> {
  const files: CorpusFile[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((error: unknown) => rethrow(error, path));
    const before = files.length;
    if (found.isDirectory()) files.push(...(await folderFiles(path, column !== undefined)));
    else files.push({ path, bytes: found.size });
    if (files.length === before) {
      throw new RowlightError(
        'not-found',
        `${path}: no .txt or .txt.gz in this folder; name the files, or --text-column for its tables`,
      );
    }
  }
  const table = column === undefined ? files.find(({ path }) => isTable(path)) : undefined;
  if (table)
    throw new RowlightError('bad-argument', `${table.path}: say which column has the texts: --text-column NAME`);
  return files;
}

async function folderFiles(folder: string, tables: boolean): Promise<CorpusFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => rethrow(error, folder));
  const files: CorpusFile[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) files.push(...(await folderFiles(path, tables)));
    else if (TEXTS.test(entry.name) || (tables && isTable(entry.name)))
      files.push({ path, bytes: (await stat(path)).size });
  }
  return files;
}

/** SHA-256 of a file of any size, hexadecimal. @param heard the bytes of each piece */
export async function hashFile(path: string, heard: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk as Buffer);
      heard((chunk as Buffer).length);
    }
  } catch (error) {
    rethrow(error, path);
  }
  return hash.digest('hex');
}
