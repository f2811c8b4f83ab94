import type { RowChange } from '../data/cell-index';
import type { FileColumns } from '../data/file-columns';
import { OffsetList } from '../data/offset-list';
import { RowlightError } from '../errors';
import type { DataDocument, Documents } from './documents';
import { firstRow, rowView } from './file-view';
import { inSlices } from './slices';

/** Marks of a row: no data, data without a label; from {@link LABELLED} on the number of its label. */
const [NO_ROW, UNLABELLED, LABELLED] = [0, 1, 2];

/** How far a file is labelled. */
export interface LabelTally {
  /** Rows with a text, and those of them that have a label. */
  readonly total: number;
  readonly labelled: number;
  /** The labels that rows have, by name. */
  labels(): string[];
}

/** Counts the labelled rows of open documents, and their labels. */
export interface LabelTallies {
  /** The count of a document as it is now. The first one reads every row; later ones only the rows that were edited since. */
  of(document: DataDocument, columns: FileColumns): Promise<LabelTally>;
}

/** The mark of each row of one document, kept up to date with its edits. */
class Marks {
  readonly #marks = new OffsetList(16);
  readonly #names: string[] = [];
  readonly #ids = new Map<string, number>();
  /** Rows by number of the label. */
  readonly #rows: number[] = [];
  total = 0;
  labelled = 0;

  constructor(readonly columns: FileColumns) {}

  /** Marks the next row. */
  push(document: DataDocument, row: number): void {
    const mark = this.#markOf(document, row);
    this.#count(mark, 1);
    this.#marks.push(mark);
  }

  labels(): string[] {
    return this.#names.filter((_, id) => (this.#rows[id] ?? 0) > 0);
  }

  /** Follows an edit. */
  change(document: DataDocument, { firstRow: first, removed, inserted }: RowChange): void {
    for (let row = first; row < first + removed; row++) this.#count(this.#marks.get(row), -1);
    const fresh = new OffsetList(inserted);
    for (let row = first; row < first + inserted; row++) {
      const mark = this.#markOf(document, row);
      this.#count(mark, 1);
      fresh.push(mark);
    }
    this.#marks.splice(first, removed, fresh, 0);
  }

  #count(mark: number, by: number): void {
    if (mark !== NO_ROW) this.total += by;
    if (mark < LABELLED) return;
    this.labelled += by;
    this.#rows[mark - LABELLED] = (this.#rows[mark - LABELLED] ?? 0) + by;
  }

  #markOf(document: DataDocument, row: number): number {
    const view = rowView(document, this.columns, row);
    if (view === undefined) return NO_ROW;
    if (view.label === undefined) return UNLABELLED;
    const known = this.#ids.get(view.label);
    if (known !== undefined) return LABELLED + known;
    // A copy: a slice of the document would keep its whole text in memory.
    const own = Array.from(view.label).join('');
    const id = this.#names.push(own) - 1;
    this.#ids.set(own, id);
    return LABELLED + id;
  }
}

function* markAll(document: DataDocument, columns: FileColumns): Generator<void, Marks> {
  const marks = new Marks(columns);
  for (let row = 0; row < (document.index?.rowCount ?? 0); row++) {
    if (row % 512 === 0) yield;
    marks.push(document, row);
  }
  return marks;
}

/** Counts from the first question on. */
export function createLabelTallies(documents: Documents): LabelTallies {
  const complete = new Map<string, Marks>();
  /** Counts under way; an edit makes them void. */
  const counting = new Map<string, { readonly columns: FileColumns; readonly marks: Promise<Marks | undefined> }>();

  documents.onEvent((event) => {
    const { uri } = event.document;
    counting.delete(uri);
    if (event.kind === 'changed' && event.rows) complete.get(uri)?.change(event.document, event.rows);
    else complete.delete(uri);
  });

  /** Counts all rows; undefined where an edit came in between. */
  function count(document: DataDocument, columns: FileColumns): Promise<Marks | undefined> {
    const { version } = document;
    return inSlices(markAll(document, columns), undefined, () => document.version === version).catch(
      (error: unknown) => {
        if (RowlightError.is(error, 'cancelled')) return undefined;
        throw error;
      },
    );
  }

  return {
    async of(document, columns) {
      const { uri } = document;
      for (;;) {
        const known = complete.get(uri);
        if (known && sameColumns(known.columns, columns)) return known;
        let running = counting.get(uri);
        if (!running || !sameColumns(running.columns, columns)) {
          running = { columns, marks: count(document, columns) };
          counting.set(uri, running);
        }
        const marks = await running.marks;
        if (documents.get(uri) !== document) return { total: 0, labelled: 0, labels: () => [] };
        // Still there: no edit came in between.
        if (marks && counting.get(uri) === running) {
          counting.delete(uri);
          complete.set(uri, marks);
        }
      }
    },
  };
}

function sameColumns(a: FileColumns, b: FileColumns): boolean {
  const named = a.labelNames === b.labelNames;
  return named && a.text === b.text && a.textB === b.textB && a.label === b.label && firstRow(a) === firstRow(b);
}
