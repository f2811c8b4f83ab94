import type { Connection } from 'vscode-languageserver';
import { GetRow, type RowSnapshot } from '../../protocol/label-acts';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import { type Prediction, hasAnswer } from '../inference/prediction';
import type { DataDocument, Documents } from './documents';
import type { FilePredictions } from './file-predictions';
import type { FileState, FileStates } from './file-states';
import { rowView, type RowView } from './file-view';
import { choicesOf } from './label-choices';
import { splitLabels } from '../data/multi-label';
import { columnsOf, delimiterOf, rowOfLine } from './label-rows';
import type { LabelSets } from './label-set-of-file';
import type { LabelTallies } from './label-tally';
import { predictorName } from './provisional-text';
import { answer } from './wire';

/** What a row is shown from. */
export interface LabelRowParts {
  readonly documents: Documents;
  readonly files: FileStates;
  readonly predictions: FilePredictions;
  readonly labelSets: LabelSets;
  readonly tallies: LabelTallies;
  readonly log: Log;
  /** The client's language. */
  readonly locale: string;
}

/** Answers what is known of one row: text, label, what is predicted, the labels and their keys, how far the file is. */
export function registerLabelRow(connection: Connection, parts: LabelRowParts): void {
  const { documents, files, predictions, labelSets, tallies, log, locale } = parts;

  answer(connection, log, GetRow, async ({ uri, at, wait }, { signal }) => {
    for (;;) {
      const state = await files.get(uri);
      const document = documents.get(uri);
      if (!document) return null;
      const columns = columnsOf(state);
      const { version } = document;
      const row = 'row' in at ? at.row : rowOfLine(document, at.line);
      const view = row === undefined ? undefined : rowView(document, columns, row);
      if (!view) return null;
      const prediction = await predictionOf(uri, state, view, wait, signal);
      const known = state?.kind === 'predicted' ? predictions.labels(state) : [];
      const [labels, tally] = await Promise.all([
        labelSets.of(document, columns, known),
        tallies.of(document, columns),
      ]);
      // A snapshot is of one version: an edit while we waited means once more.
      if (document.version !== version) continue;
      return {
        ...placeOf(document, view),
        choices: choicesOf(labels, known, prediction),
        ...severalOf(delimiterOf(state), view.label, prediction),
        ...(state?.kind === 'predicted' ? { model: predictorName(state, locale) } : {}),
        total: tally.total,
        labelled: tally.labelled,
        ...(labels.problem === undefined ? {} : { problem: labels.problem }),
      };
    }
  });

  async function predictionOf(
    uri: string,
    state: FileState | undefined,
    { input }: RowView,
    wait: boolean,
    signal: AbortSignal,
  ): Promise<Prediction | undefined> {
    if (state?.kind !== 'predicted') return undefined;
    if (wait) {
      try {
        await predictions.want(state, [input], 'hover', signal);
      } catch (error) {
        if (RowlightError.is(error, 'cancelled')) throw error;
        // Labelling goes on without a model.
        files.failed(uri, state, error);
      }
    }
    return predictions.get(state, input);
  }

  function placeOf(
    document: DataDocument,
    view: RowView,
  ): Pick<RowSnapshot, 'version' | 'row' | 'lines' | 'labelRange' | 'text' | 'textB' | 'label'> {
    const { index, lines, version } = document;
    const { row, input, label, labelStart, labelEnd } = view;
    const [start, end] = index ? [index.rowStart(row), index.rowEnd(row)] : [0, 0];
    return {
      version,
      row,
      lines: [lines.positionAt(start).line, lines.positionAt(end).line],
      labelRange: { start: lines.positionAt(labelStart), end: lines.positionAt(labelEnd) },
      ...input,
      ...(label === undefined ? {} : { label }),
    };
  }
}

function severalOf(
  delimiter: string | undefined,
  label: string | undefined,
  prediction: Prediction | undefined,
): Pick<RowSnapshot, 'several'> {
  if (delimiter === undefined) return {};
  const predicted = prediction && hasAnswer(prediction) ? { predicted: prediction.label } : {};
  return { several: { given: splitLabels(label ?? '', { delimiter }), ...predicted } };
}
