import type { RowChange } from '../data/cell-index';
import type { FileColumns } from '../data/file-columns';
import { RowlightError } from '../errors';
import type { HeldOutRow } from '../inference/held-out-bayes';
import { NaiveBayes } from '../inference/naive-bayes';
import { unitOf } from '../inference/ngrams';
import { spread } from '../inference/spread';
import type { CountedRow } from '../inference/tempered-bayes';
import { countLabels } from './columns-of-file';
import type { DataDocument } from './documents';
import { firstRow, rowView, type RowView } from './file-view';
import { inSlices } from './slices';

/** Most rows counted when a file is read: with more a naive Bayes gets hardly better, only larger. */
const MOST_ROWS = 20_000;

/** The labelled rows of an open document in a naive Bayes that keeps up with its edits. */
export interface LabelledRows {
  readonly model: NaiveBayes;
  /** The counted rows in file order. */
  counted(): CountedRow[];
  /** At most so many of the counted rows, evenly spread, as they stand in the document. */
  sample(most: number): SampledRow[];
  /** A number that is another after each change of the counts. */
  readonly changes: number;
  /** Brings the counts in line with an edit: `anew` where it touched so much that all rows are better read again. */
  edited(change: RowChange | undefined): 'unchanged' | 'counted' | 'anew';
}

/** A counted row, its text and its label. */
export interface SampledRow extends HeldOutRow {
  readonly label: string;
}

/** Rows of one edit that are counted at once, a few milliseconds. */
const MOST_EDITED = 256;

/**
 * Counts the labelled rows of a document, evenly spread ones where there are more than {@link MOST_ROWS}, yielding to the event loop. Edits
 * that come meanwhile are to be handed to `edited` by whoever `begun` gave the rows. Rejects with reason `cancelled` where `signal` aborts.
 */
export async function readLabelledRows(
  document: DataDocument,
  columns: FileColumns,
  signal: AbortSignal,
  begun: (rows: LabelledRows) => void,
): Promise<LabelledRows> {
  const { labelled } = await countLabels(document, columns);
  if (signal.aborted) throw new RowlightError('cancelled', 'Cancelled.');
  const stride = Math.ceil(labelled / MOST_ROWS);
  const model = new NaiveBayes(unitOf(sampleOf(document, columns)));
  /** By row; its length is how many rows were read. */
  const rows: (CountedRow | undefined)[] = [];
  let complete = false;
  let changes = 0;

  const read = (row: number): RowView | undefined => {
    const view = rowView(document, columns, row);
    return view?.label === undefined ? undefined : view;
  };
  const count = (row: number): CountedRow | undefined => {
    const view = read(row);
    return view?.label === undefined ? undefined : model.add(view.input, view.label);
  };
  const forget = (row: CountedRow | undefined): boolean => {
    if (row) model.remove(row);
    return row !== undefined;
  };

  const result: LabelledRows = {
    model,
    counted: () => rows.filter((row) => row !== undefined),
    sample(most) {
      const counted = [...rows.keys()].filter((row) => rows[row]);
      return spread(counted.length, most).flatMap((at) => {
        const row = counted[at]!;
        const view = read(row);
        return view?.label === undefined ? [] : { counted: rows[row]!, input: view.input, label: view.label };
      });
    },
    get changes() {
      return changes;
    },
    edited(change) {
      if (!change || change.inserted > MOST_EDITED || change.removed > MOST_EDITED) return 'anew';
      const { firstRow: from, removed, inserted } = change;
      // What lies behind the rows read so far is still to come.
      if (!complete && from + removed > rows.length) {
        for (const row of rows.splice(from)) forget(row);
        return 'unchanged';
      }
      const fresh = Array.from({ length: inserted }, () => undefined);
      let changed = false;
      for (const row of rows.splice(from, removed, ...fresh)) changed = forget(row) || changed;
      for (let row = from; row < from + inserted; row++) changed = (rows[row] = count(row)) !== undefined || changed;
      if (changed) changes++;
      return changed ? 'counted' : 'unchanged';
    },
  };
  function* readOn(): Generator<void, void> {
    for (let seen = 0; ;) {
      if (rows.length % 64 === 0) yield;
      const row = rows.length;
      if (!document.index || row >= document.index.rowCount) return;
      const labelledRow = read(row) !== undefined;
      rows.push(labelledRow && seen++ % stride === 0 ? count(row) : undefined);
    }
  }

  begun(result);
  await inSlices(readOn(), signal);
  complete = true;
  return result;
}

/** Evenly spread texts, by which the script is told. */
function sampleOf(document: DataDocument, columns: FileColumns): { readonly text: string }[] {
  const first = firstRow(columns);
  const rows = (document.index?.rowCount ?? 0) - first;
  const taken = Math.min(rows, 200);
  return Array.from({ length: Math.max(0, taken) }, (_, at) => Math.floor((at * rows) / taken) + first).flatMap(
    (row) => rowView(document, columns, row)?.input ?? [],
  );
}
