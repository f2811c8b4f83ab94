import { MarkupKind, type Connection, type Hover, type ServerCapabilities } from 'vscode-languageserver';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { HostClient } from '../host/client';
import type { Documents } from './documents';
import type { FilePredictions } from './file-predictions';
import type { FileStates } from './file-states';
import { cellAt, rowView } from './file-view';
import { ContentModified, handler } from './handler';
import { hoverMarkdown } from './hover-text';
import { predictorName } from './provisional-text';

/** What a hover is made from. */
export interface HoverParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly predictions: FilePredictions;
  readonly host: HostClient;
  readonly log: Log;
  /** The client's language. */
  readonly locale: string;
}

/** Hover over a text or label cell: all probabilities as bars, the tokens as the model sees them, whether they were cut, the model. */
export function registerHover(connection: Connection, parts: HoverParts): ServerCapabilities {
  const { documents, files, predictions, host, log, locale } = parts;

  connection.onHover(
    handler<Parameters<Parameters<Connection['onHover']>[0]>[0], Hover | null>(
      log,
      'hover',
      null,
      async ({ textDocument: { uri }, position }, { signal }) => {
        const document = documents.get(uri);
        const state = await files.get(uri);
        if (!document?.index || state?.kind !== 'predicted') return null;
        const { index, lines, version } = document;
        const offset = lines.offsetAt(position);
        const row = index.rowAt(offset);
        const view = rowView(document, state.columns, row);
        if (!view) return null;
        const cell = cellAt(index, row, offset);
        const { text, textB, label } = state.columns;
        if (cell < 0 || (cell !== text && cell !== textB && cell !== label)) return null;
        const range = {
          start: lines.positionAt(index.cellStart(row, cell)),
          end: lines.positionAt(index.cellEnd(row, cell)),
        };
        const model = state.by === 'model' && state.model.server === undefined ? state.model : undefined;
        try {
          const [tokens] = await Promise.all([
            model && host.tokenize(model, view.input, signal),
            predictions.want(state, [view.input], 'hover', signal),
          ]);
          if (document.version !== version) throw new ContentModified();
          const prediction = predictions.get(state, view.input);
          const value = hoverMarkdown({
            prediction,
            labels: predictions.labels(state),
            by: state.by === 'model' ? { model: state.card.name, tokens } : { note: predictorName(state, locale) },
            locale,
          });
          return { contents: { kind: MarkupKind.Markdown, value }, range };
        } catch (error) {
          if (error instanceof ContentModified || RowlightError.is(error, 'cancelled')) throw error;
          files.failed(uri, state, error);
          return null;
        }
      },
    ),
  );

  return { hoverProvider: true };
}
