import { basename, dirname, extname, join } from 'node:path';
import type { Connection } from 'vscode-languageserver';
import { FindPredictionTarget, WritePredictions, WritingPredictions } from '../../protocol/predict-file';
import { withCells } from '../data/added-cells';
import { hasOpenQuote } from '../data/scanner';
import type { Files, Log } from '../env';
import { RowlightError } from '../errors';
import type { Prediction } from '../inference/prediction';
import type { DataDocument, Documents } from './documents';
import type { FilePredictions } from './file-predictions';
import type { FileStates, PredictedFile } from './file-states';
import { firstRow, rowView } from './file-view';
import { ContentModified } from './handler';
import { answer, notify } from './wire';
import { pathOf } from './workspace';

/** What predicting a file needs. */
export interface PredictFileParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly predictions: FilePredictions;
  readonly disk: Files;
  readonly log: Log;
}

/** The columns that are added. */
const ADDED = ['prediction', 'probability', 'second_prediction', 'second_probability'];

/** Rows that are asked for at once. */
const CHUNK = 512;

/** Writes the predictions of a whole document as a new file beside it. */
export function registerPredictFile(connection: Connection, parts: PredictFileParts): void {
  const { documents, files, predictions, disk, log } = parts;

  answer(connection, log, FindPredictionTarget, async ({ uri }) => {
    const { path } = await predicted(uri);
    const target = targetBeside(path, 1);
    const exists = await disk.exists(target);
    for (let number = 1; ; number++) {
      const free = targetBeside(path, number);
      if (!(await disk.exists(free))) return { path: target, exists, free };
    }
  });

  answer(connection, log, WritePredictions, async ({ uri, path: target, replace }, { signal }) => {
    const { path, document, state } = await predicted(uri);
    requireTarget(path, target);
    await requireFree(target, replace);
    const { lines, ...counts } = await collect(document, state, signal);
    await requireFree(target, replace);
    const ending = /\r\n/.test(document.text.slice(0, 100_000)) ? '\r\n' : '\n';
    const mark = (await beginsWithMark(path)) ? '\ufeff' : '';
    await disk.writeAtomic(target, `${mark}${lines.join(ending)}${ending}`);
    log.info('predictions written', { target, ...counts });
    return { path: target, ...counts };
  });

  async function predicted(uri: string): Promise<{ path: string; document: DataDocument; state: PredictedFile }> {
    const path = pathOf(uri);
    if (path === undefined) throw new RowlightError('bad-argument', 'Save the data as a file first.');
    const state = await files.get(uri);
    const document = documents.get(uri);
    if (!document?.index || state?.kind !== 'predicted')
      throw new RowlightError('bad-argument', 'Nothing predicts this file yet.');
    if (hasOpenQuote(document.text, document.index)) {
      const row = document.index.rowCount;
      throw new RowlightError(
        'bad-data',
        `${basename(path)}: row ${row} has a quote (") that is never closed; close it first.`,
      );
    }
    return { path, document, state };
  }

  async function requireFree(target: string, replace: boolean): Promise<void> {
    if (!replace && (await disk.exists(target)))
      throw new RowlightError('bad-argument', `${target}: is there already; choose another name or replace it`);
  }

  /** Every row with its predictions, in slices behind all other work. */
  async function collect(document: DataDocument, state: PredictedFile, signal: AbortSignal) {
    const { version, uri } = document;
    const { columns } = state;
    const width = columns.names.length;
    const total = document.index?.rowCount ?? 0;
    const counts = { predicted: 0, without: 0, ragged: 0 };
    const lines: string[] = [];
    for (let from = 0; from < total; from += CHUNK) {
      notify(connection, WritingPredictions, { uri, done: from, total });
      const to = Math.min(total, from + CHUNK);
      const views = Array.from({ length: to - from }, (_, at) => rowView(document, columns, from + at));
      const inputs = views.flatMap((view) => (view ? [view.input] : []));
      await predictions.want(state, inputs, 'background', signal);
      const { index, text } = document;
      if (document.version !== version || !index) throw new ContentModified();
      for (let row = from; row < to; row++) {
        const view = views[row - from];
        const prediction = view && predictions.get(state, view.input);
        const header = row < firstRow(columns);
        if (!header && prediction) counts.predicted++;
        else if (!header) counts.without++;
        if (index.cellCount(row) > width) counts.ragged++;
        const blank = index.rowStart(row) === index.rowEnd(row);
        const cells = header ? ADDED : cellsOf(prediction, predictions.labels(state));
        lines.push(blank ? '' : withCells(text, index, row, width, cells));
      }
      // Answers out of a cache come at once: other requests want their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { lines, ...counts };
  }

  /** Whether the document's own file begins with a byte order mark: without one, spreadsheets misread the Chinese of the copy. */
  async function beginsWithMark(path: string): Promise<boolean> {
    const bytes = await disk.read(path).catch(() => new Uint8Array());
    return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  }
}

/** `train.predicted.tsv`, or with a number above 1 `train.predicted-2.tsv`. */
function targetBeside(path: string, number: number): string {
  const ending = extname(path);
  const suffix = number === 1 ? '' : `-${number}`;
  return join(dirname(path), `${basename(path, ending)}.predicted${suffix}${ending}`);
}

/** Only names that were offered are written: a request must not lead elsewhere. */
function requireTarget(path: string, target: string): void {
  const number = Number(/-(\d{1,6})$/.exec(basename(target, extname(target)))?.[1] ?? 1);
  if (target !== targetBeside(path, number))
    throw new RowlightError('bad-argument', `${target}: is no name that Predict File offers`);
}

function cellsOf(prediction: Prediction | undefined, labels: readonly string[]): string[] {
  if (!prediction) return ['', '', '', ''];
  const own = labels.indexOf(prediction.label);
  const second = prediction.probabilities.reduce(
    (best, value, at) => (at !== own && value > (prediction.probabilities[best] ?? -1) ? at : best),
    -1,
  );
  const { label, probability } = prediction;
  const rest = second < 0 ? ['', ''] : [labels[second] ?? '', prediction.probabilities[second]!.toFixed(6)];
  return [label, probability.toFixed(6), ...rest];
}
