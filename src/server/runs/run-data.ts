import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { RowlightError } from '../errors';
import { nodeFiles, rethrow } from '../node-files';
import type { RunRecord } from './run-folder';

/** The largest data file that the metrics of a run read, in bytes: a JavaScript string can't be much longer. */
const LARGEST = 400 * 2 ** 20;

/** The file that holds the rows a run was judged by. */
export function heldOutPath(folder: string, record: RunRecord): Promise<string> {
  return findData(folder, (record.dev ?? record.data).path);
}

/**
 * Where a file that a run's record names is now. A path that was given relative to the folder in which the command line was used is looked for
 * from the workspace of the run, and one that is nowhere (the workspace was moved) by its name there; else it stays as it is.
 */
export async function findData(folder: string, path: string): Promise<string> {
  const runs = dirname(/^stage-\d+$/.test(basename(folder)) ? dirname(resolve(folder)) : resolve(folder));
  const root = basename(runs) === 'runs' && basename(dirname(runs)) === '.rowlight' ? dirname(dirname(runs)) : runs;
  const places = isAbsolute(path) ? [path, join(root, basename(path))] : [join(root, path), resolve(path)];
  for (const place of places) if (await nodeFiles.exists(place)) return place;
  return places[0]!;
}

/** Rejects with reason `unsupported` where a file is too large to be read; `not-found` where there is none. */
export async function ensureReadable(path: string, most = LARGEST): Promise<void> {
  const { size } = await stat(path).catch((error: unknown) => rethrow(error, path));
  if (size > most) {
    throw new RowlightError(
      'unsupported',
      `${path}: has ${(size / 2 ** 20).toFixed(0)} MB; files of up to ${(most / 2 ** 20).toFixed(0)} MB are read here`,
    );
  }
}
