import { basename } from 'node:path';
import type { FileColumns } from '../data/file-columns';
import { RowlightError } from '../errors';
import type { DataDocument, Documents } from './documents';
import type { FileStates } from './file-states';
import { pathOf } from './workspace';

/** A file that is open and lies on the disk, with columns. */
export interface SavedFile {
  readonly document: DataDocument;
  readonly path: string;
  readonly columns: FileColumns;
}

/** The open file of `uri`. Rejects with a `RowlightError` where it was never saved, or where its columns can't be told, which it names with the reason. */
export async function savedFile(
  { documents, files }: { readonly documents: Documents; readonly files: FileStates },
  uri: string,
): Promise<SavedFile> {
  const document = documents.get(uri);
  const path = pathOf(uri);
  if (!document || path === undefined) throw new RowlightError('bad-argument', 'Save the data as a file first.');
  const state = await files.get(uri);
  if (state?.columns) return { document, path, columns: state.columns };
  const message =
    state?.kind === 'unpredicted' && 'message' in state.status ? state.status.message : 'No rows to train on.';
  throw new RowlightError('bad-data', `${basename(path)}: ${message}`);
}
