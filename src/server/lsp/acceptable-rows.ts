import type { Connection } from 'vscode-languageserver';
import { CountAcceptable, CountingAcceptable } from '../../protocol/label-acts';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { ContentModified } from './handler';
import type { DataDocument, Documents } from './documents';
import type { FilePredictions } from './file-predictions';
import type { FileStates, PredictedFile } from './file-states';
import { firstRow, rowView } from './file-view';
import { labelColumnOf } from './label-rows';
import { answer, notify } from './wire';

/** Rows that are asked for at once: few enough that progress moves, many enough for full batches. */
const CHUNK = 512;

/** One row that could be accepted. */
export interface AcceptableRow {
  readonly row: number;
  readonly label: string;
  readonly probability: number;
}

/** The unlabelled rows of documents with what was predicted for them. */
export interface AcceptableRows {
  /** Those whose prediction is at least so probable, in the order of the document. Throws where this version was not counted. */
  above(document: DataDocument, probability: number): readonly AcceptableRow[];
}

/** What they are counted from. */
export interface AcceptableParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly predictions: FilePredictions;
  readonly log: Log;
}

/**
 * Predicts the unlabelled rows of a file in the background, tells how many lie above each threshold, and keeps what was predicted for the
 * version of the document that was counted, so that what is accepted is what was counted.
 */
export function registerAcceptableRows(connection: Connection, parts: AcceptableParts): AcceptableRows {
  const { documents, files, predictions, log } = parts;
  const counted = new WeakMap<DataDocument, { readonly version: number; readonly rows: readonly AcceptableRow[] }>();

  answer(connection, log, CountAcceptable, async ({ uri }, { signal }) => {
    const state = await files.get(uri);
    const document = documents.get(uri);
    if (!document || state?.kind !== 'predicted') {
      throw new RowlightError('bad-argument', 'Nothing predicts this file yet.');
    }
    labelColumnOf(state.columns);
    const { version } = document;
    const report = (done: number, total: number): void => notify(connection, CountingAcceptable, { uri, done, total });
    const { rows, unlabelled } = await collect(document, state, report, signal);
    if (document.version !== version) throw new ContentModified();
    counted.set(document, { version, rows });
    return { version, unlabelled, counts: countsOf(rows) };
  });

  async function collect(
    document: DataDocument,
    state: PredictedFile,
    report: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<{ rows: AcceptableRow[]; unlabelled: number }> {
    const { version } = document;
    const last = document.index?.rowCount ?? 0;
    const rows: AcceptableRow[] = [];
    let unlabelled = 0;
    for (let from = firstRow(state.columns); from < last; from += CHUNK) {
      report(from, last);
      const views = Array.from({ length: Math.min(CHUNK, last - from) }, (_, at) =>
        rowView(document, state.columns, from + at),
      ).filter((view) => view !== undefined && view.label === undefined);
      const open = views.flatMap((view) => view ?? []);
      unlabelled += open.length;
      await predictions.want(
        state,
        open.map((view) => view.input),
        'background',
        signal,
      );
      if (document.version !== version) throw new ContentModified();
      for (const { row, input } of open) {
        const prediction = predictions.get(state, input);
        if (prediction) rows.push({ row, label: prediction.label, probability: prediction.probability });
      }
      // Answers out of a cache come at once: other requests want their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { rows, unlabelled };
  }

  return {
    above(document, probability) {
      const known = counted.get(document);
      if (known?.version !== document.version) {
        throw new RowlightError('bad-argument', 'The document changed since its rows were counted; count them again.');
      }
      return known.rows.filter((row) => row.probability >= probability);
    },
  };
}

function countsOf(rows: readonly AcceptableRow[]): number[] {
  const counts = Array.from({ length: 1001 }, () => 0);
  // Compared as the act will compare, so that the number that was shown is the number of rows that change.
  for (const { probability } of rows) {
    let at = Math.min(1000, Math.floor(probability * 1000) + 1);
    while (at > 0 && at / 1000 > probability) at--;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  for (let at = 999; at >= 0; at--) counts[at] = (counts[at] ?? 0) + (counts[at + 1] ?? 0);
  return counts;
}
