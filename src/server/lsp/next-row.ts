import type { Connection } from 'vscode-languageserver';
import { NextRow } from '../../protocol/labelling';
import type { FileColumns } from '../data/file-columns';
import type { Log } from '../env';
import { chooseNextRow, leastSure, marginOf } from '../inference/next-row';
import { unitOf } from '../inference/ngrams';
import { spread } from '../inference/spread';
import type { DataDocument, Documents } from './documents';
import type { FilePredictions } from './file-predictions';
import type { FileState, FileStates } from './file-states';
import { firstRow, rowView, type RowView } from './file-view';
import { columnsOf } from './label-rows';
import { inSlices } from './slices';
import { answer } from './wire';

/** What the next row is chosen with. */
export interface NextRowParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly predictions: FilePredictions;
  readonly log: Log;
}

/** Most rows with a label, and without one, that are compared: some ten milliseconds. */
const SAMPLE = 192;

/** Most rows that are looked at for the least sure one. */
const LOOKED_AT = 512;

/** Milliseconds that predictions of the sample are waited for; what is known then counts. */
const PATIENCE = 1000;

/** Answers which row to label next. */
export function registerNextRow(connection: Connection, { documents, files, predictions, log }: NextRowParts): void {
  answer(connection, log, NextRow, async ({ uri, kind, except }, { signal }) => {
    const document = documents.get(uri);
    const state = await files.get(uri);
    if (!document?.index) return null;
    const columns = columnsOf(state);
    const rows = await inSlices(sortRows(document, columns, new Set(except)), signal);
    const version = document.version;
    const views = (from: readonly number[], most: number): RowView[] =>
      spread(from.length, most).flatMap((at) => rowView(document, columns, from[at] ?? -1) ?? []);
    const candidates = views(rows.unlabelled, kind === 'proposed' ? SAMPLE : LOOKED_AT);
    const margins = await marginsOf(state, candidates, signal);
    const labelled = views(rows.labelled, SAMPLE);
    const inputs = candidates.map(({ input }) => input);
    let chosen = kind === 'uncertain' ? leastSure(margins) : -1;
    if (chosen < 0) {
      const choosing = chooseNextRow({
        candidates: inputs.slice(0, SAMPLE),
        labelled: labelled.map(({ input }) => input),
        margins,
        rows: rows.labelled.length,
        labels: state?.kind === 'predicted' ? predictions.labels(state).length : 0,
        unit: unitOf(inputs),
      });
      chosen = await inSlices(choosing, signal);
    }
    if (document.version !== version) return null;
    const view = candidates[chosen];
    return view ? { row: view.row, line: document.lines.positionAt(view.labelEnd).line } : null;
  });

  async function marginsOf(
    state: FileState | undefined,
    candidates: readonly RowView[],
    signal: AbortSignal,
  ): Promise<(number | undefined)[]> {
    if (state?.kind !== 'predicted') return candidates.map(() => undefined);
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    signal.addEventListener('abort', abort);
    const timer = setTimeout(abort, PATIENCE);
    // A model that fails is the business of hints; the rows are compared without it.
    await predictions
      .want(
        state,
        candidates.map(({ input }) => input),
        'visible',
        stop.signal,
      ) // prettier-ignore
      .catch(() => undefined);
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    return candidates.map(({ input }) => {
      const prediction = predictions.get(state, input);
      return prediction && marginOf(prediction.probabilities);
    });
  }
}

/** The rows of data with and without a label. */
function* sortRows(
  document: DataDocument,
  columns: FileColumns,
  except: ReadonlySet<number>,
): Generator<void, { readonly labelled: number[]; readonly unlabelled: number[] }> {
  const labelled: number[] = [];
  const unlabelled: number[] = [];
  for (let row = firstRow(columns); row < (document.index?.rowCount ?? 0); row++) {
    if (row % 512 === 0) yield;
    const view = rowView(document, columns, row);
    if (view?.label !== undefined) labelled.push(row);
    else if (view && !except.has(row)) unlabelled.push(row);
  }
  return { labelled, unlabelled };
}
