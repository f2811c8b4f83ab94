import { checkRow } from '../data/checks/check-row';
import type { Duplicates } from '../data/checks/duplicates';
import { findProblems, type FindOptions } from '../data/checks/find';
import type { Found } from '../data/checks/finding-list';
import { Flag, RowFacts } from '../data/checks/row-facts';
import type { RowChange } from '../data/cell-index';
import type { FileColumns } from '../data/file-columns';
import type { DataDocument } from './documents';
import { inSlices } from './slices';

/** What the checks know of an open document, kept up to date with its edits. */
export class FileChecks {
  readonly facts = new RowFacts();
  /** Counts what became known without an edit: predictions, lengths. */
  news = 0;
  #columns = '';
  #model = '';
  #stale = true;
  #duplicates: { readonly texts: number; readonly groups: Duplicates } | undefined;

  constructor(readonly document: DataDocument) {
    this.facts.reset(document.index?.rowCount ?? 0);
  }

  /** Follows an edit of the document; undefined where all of it may have changed. */
  edited(rows: RowChange | undefined): void {
    this.#stale = true;
    if (rows) this.facts.replace(rows);
    else this.facts.reset(this.document.index?.rowCount ?? 0);
  }

  /** Forgets what other columns or another model said. */
  fit(columns: FileColumns, model: string): void {
    const signature = JSON.stringify(columns);
    if (signature !== this.#columns) this.edited(undefined);
    else if (model !== this.#model) this.facts.forgetModel();
    this.#columns = signature;
    this.#model = model;
  }

  /** Looks at the rows that changed since the last time. An edit meanwhile makes it look at those rows too, or end with reason `cancelled`. */
  async freshen(columns: FileColumns, signal: AbortSignal): Promise<void> {
    const { facts, document } = this;
    const { version } = document;
    if (!this.#stale) return;
    function* look(): Generator<void, void> {
      for (let row = columns.headerless ? 0 : 1; row < facts.length; row++) {
        if (row % 32 === 0) yield;
        const { text, index } = document;
        if (index && facts.is(row, Flag.stale)) checkRow({ text, index }, columns, row, facts);
      }
    }
    await inSlices(look(), signal, () => document.version === version);
    this.#stale = false;
  }

  /** The findings; all rows must be fresh. Rejects with reason `cancelled` where the document changes meanwhile. */
  async find(options: Omit<FindOptions, 'duplicates'>, signal: AbortSignal): Promise<Found> {
    const { facts, document } = this;
    const { version, text, index } = document;
    if (!index) return { findings: [], more: new Map() };
    const kept = this.#duplicates?.texts === facts.texts ? { duplicates: this.#duplicates.groups } : {};
    const work = findProblems({ text, index }, facts, { ...options, ...kept });
    const found = await inSlices(work, signal, () => document.version === version);
    this.#duplicates = { texts: facts.texts, groups: found.duplicates };
    return found;
  }
}
