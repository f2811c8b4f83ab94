import type { RowChange } from '../cell-index';

/** What is known of a row; several at once. */
export const Flag = {
  /** Not looked at since it changed. */
  stale: 1,
  /** A row of data with a text, whose `keys` and `labels` hold. */
  data: 2,
  ragged: 4,
  emptyText: 8,
  damaged: 16,
  /** Blanks around the label. */
  blanks: 32,
  /** Its length in tokens is known, and it is more than the model reads. */
  measured: 64,
  cut: 128,
  /** What `predicted` says comes from a cross-validation, by a model that was not trained on the row. */
  outOfFold: 256,
} as const;

/** No label; in `predicted`: not predicted yet. */
export const NONE = -1;
/** In `predicted`: this row is not predicted for the sake of checks. */
export const SKIPPED = -2;

/**
 * What the checks know of each row of a document, in typed arrays (some twenty bytes a row) that follow its edits: only rows that changed are
 * read again. Rows are those of the cell index, the header included.
 */
export class RowFacts {
  /** Hash of the text, trimmed; see `textKey`. */
  keys = new Float64Array(0);
  /** Id of the label, or {@link NONE}. */
  labels = new Int32Array(0);
  flags = new Uint16Array(0);
  /** Id of the predicted label, {@link NONE} or {@link SKIPPED}. */
  predicted = new Int32Array(0);
  probability = new Float32Array(0);
  #length = 0;
  #names: string[] = [];
  #ids = new Map<string, number>();
  /** Counts the changes of texts: as long as it stands still, duplicates are where they were. */
  texts = 0;

  get length(): number {
    return this.#length;
  }

  /** Forgets everything; `rows` rows are stale. */
  reset(rows: number): void {
    this.#length = 0;
    this.#names = [];
    this.#ids = new Map();
    this.replace({ firstRow: 0, removed: 0, inserted: rows });
  }

  /** Follows an edit: the inserted rows are stale. */
  replace({ firstRow, removed, inserted }: RowChange): void {
    const length = this.#length - removed + inserted;
    if (length > this.flags.length) this.#grow(length);
    if (removed !== inserted) {
      for (const column of this.#columns()) column.copyWithin(firstRow + inserted, firstRow + removed, this.#length);
      this.texts++;
    }
    this.#length = length;
    this.flags.fill(Flag.stale, firstRow, firstRow + inserted);
    // A row that was replaced by one keeps its key: only where the text differs are duplicates looked for again.
    if (removed !== inserted) this.keys.fill(Number.NaN, firstRow, firstRow + inserted);
    this.predicted.fill(NONE, firstRow, firstRow + inserted);
  }

  /** Writes what was read of a row. `key` is undefined for a row without a text. */
  set(row: number, flags: number, key: number | undefined, label: string | undefined): void {
    const next = key ?? Number.NaN;
    if (!Object.is(this.keys[row], next)) {
      this.keys[row] = next;
      this.texts++;
    }
    this.flags[row] = flags;
    this.labels[row] = label === undefined ? NONE : this.idOf(label);
  }

  /** The id of a label, a new one for a new label. */
  idOf(label: string): number {
    let id = this.#ids.get(label);
    if (id === undefined) {
      id = this.#names.length;
      // A copy: a slice of the document would keep its whole text in memory.
      const own = Array.from(label).join('');
      this.#names.push(own);
      this.#ids.set(own, id);
    }
    return id;
  }

  /** The label of an id; undefined for {@link NONE}. */
  labelOf(id: number): string | undefined {
    return this.#names[id];
  }

  /** Whether a row has all of these flags. */
  is(row: number, flags: number): boolean {
    return ((this.flags[row] ?? 0) & flags) === flags;
  }

  /** Forgets what the former model said. */
  forgetModel(): void {
    this.predicted.fill(NONE);
    for (let row = 0; row < this.#length; row++)
      this.flags[row] = (this.flags[row] ?? 0) & ~(Flag.measured | Flag.cut | Flag.outOfFold);
  }

  #columns() {
    return [this.keys, this.labels, this.flags, this.predicted, this.probability];
  }

  #grow(length: number): void {
    const capacity = Math.max(length, Math.ceil(this.flags.length * 1.2) + 64);
    const grown = <T extends { set(from: T): void }>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.keys = grown(new Float64Array(capacity).fill(Number.NaN), this.keys);
    this.labels = grown(new Int32Array(capacity), this.labels);
    this.flags = grown(new Uint16Array(capacity), this.flags);
    this.predicted = grown(new Int32Array(capacity).fill(NONE), this.predicted);
    this.probability = grown(new Float32Array(capacity), this.probability);
  }
}
