import type { Connection, InlayHint, Range, ServerCapabilities } from 'vscode-languageserver';
import { joinLabels, splitLabels } from '../data/multi-label';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { DataDocument, Documents } from './documents';
import type { FilePredictions } from './file-predictions';
import type { FileStates, PredictedFile } from './file-states';
import { rowView, type RowView } from './file-view';
import { handler } from './handler';
import { cutNote } from './hover-text';
import { hintText, percent, provisionalHintText } from './hint-text';
import { provisionalNote } from './provisional-text';

/** Most rows of one answer: VS Code draws no more than 1,500 hints, and asks for far more rows than it shows. */
const MAX_ROWS = 1000;

/** Milliseconds that an answer waits for predictions; what comes later is shown after a refresh. */
const WAIT = 200;

/** Requests of one document that go on in the background after their answer; an older one is given up for a newer one. */
const MAX_TAILS = 4;

/** What inlay hints are made from. */
export interface HintParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly predictions: FilePredictions;
  readonly refresh: () => void;
  readonly log: Log;
  /** The client's language. */
  readonly locale: string;
}

/** Inlay hints: the predicted label and its probability at the end of each row's label cell, for the rows that are asked for. */
export function registerInlayHints(connection: Connection, parts: HintParts): ServerCapabilities {
  const { documents, files, predictions, refresh, log, locale } = parts;
  const tails = new Map<string, AbortController[]>();
  documents.onEvent(({ kind, document }) => {
    if (kind !== 'closed') return;
    for (const tail of tails.get(document.uri) ?? []) tail.abort();
    tails.delete(document.uri);
  });

  connection.languages.inlayHint.on(
    handler(log, 'inlay hints', [], async ({ textDocument: { uri }, range }, { signal }) => {
      const document = documents.get(uri);
      const state = await files.get(uri);
      if (!document || state?.kind !== 'predicted' || !state.settings.hints.enabled) return [];
      const wanted = rowsIn(document, state, range);
      await bringIn(uri, state, wanted, signal);
      // An edit while we waited: rows are read again, and what isn't known of them comes with the client's next request.
      return rowsIn(document, state, range).flatMap((row) => hint(document, state, row));
    }),
  );

  /** Waits for the predictions of rows, but not longer than {@link WAIT}; then they go on, and a refresh shows them. */
  async function bringIn(
    uri: string,
    state: PredictedFile,
    rows: readonly RowView[],
    signal: AbortSignal,
  ): Promise<void> {
    const tail = new AbortController();
    const cancel = (): void => tail.abort();
    signal.addEventListener('abort', cancel);
    let late = false;
    const inputs = rows.map((row) => row.input);
    const work = predictions.want(state, inputs, 'visible', tail.signal).then(
      () => {
        if (late) refresh();
      },
      (error: unknown) => {
        if (!RowlightError.is(error, 'cancelled')) files.failed(uri, state, error);
      },
    );
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        late = true;
        resolve();
      }, WAIT);
    });
    await Promise.race([work, patience]);
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    if (!late) return;
    const running = [...(tails.get(uri) ?? []), tail];
    tails.set(uri, running);
    while (running.length > MAX_TAILS) running.shift()?.abort();
    void work.finally(() => {
      const at = running.indexOf(tail);
      if (at >= 0) running.splice(at, 1);
    });
  }

  function hint(document: DataDocument, state: PredictedFile, row: RowView): InlayHint[] {
    // A row that was learnt from is predicted as it is labelled: no news.
    if (state.by === 'rows' && row.label !== undefined) return [];
    const prediction = predictions.get(state, row.input);
    if (!prediction) return [];
    const { label, probability, truncated } = prediction;
    const by = state.by === 'model' ? `(${state.card.name})` : `\n${provisionalNote(state.provisional, locale)}`;
    return [
      {
        position: document.lines.positionAt(row.labelEnd),
        label:
          state.by === 'model'
            ? hintText(label, probability, givenLabel(state, row.label))
            : provisionalHintText(label, probability),
        tooltip: `${label} ${percent(probability)} ${by}${truncated ? `\n${cutNote(locale)}` : ''}`,
        paddingLeft: true,
      },
    ];
  }

  return { inlayHintProvider: true };
}

/** The given label as the model would write it: a set of labels has one order. */
function givenLabel(state: PredictedFile, label: string | undefined): string | undefined {
  const { delimiter } = state.columns;
  if (label === undefined || delimiter === undefined || state.by !== 'model') return label;
  const own = splitLabels(label, { delimiter });
  return own.every((one) => state.card.labels.includes(one))
    ? joinLabels(own, state.card.labels, { delimiter })
    : label;
}

/** The rows of a range that can be predicted, at most {@link MAX_ROWS} from its start. */
function rowsIn(document: DataDocument, state: PredictedFile, range: Range): RowView[] {
  const { index, lines } = document;
  if (!index) return [];
  const from = Math.max(0, index.rowAt(lines.offsetAt(range.start)));
  const to = Math.min(index.rowAt(lines.offsetAt(range.end)), from + MAX_ROWS - 1);
  const rows: RowView[] = [];
  for (let row = from; row <= to; row++) {
    const view = rowView(document, state.columns, row);
    if (view) rows.push(view);
  }
  return rows;
}
