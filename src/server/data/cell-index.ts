import { OffsetList } from './offset-list';

/** How a document separates cells: `tsv` by tabs without any quoting, `csv` by commas with RFC 4180 quotes. */
export type Dialect = 'tsv' | 'csv';

/** Which rows an edit replaced: `inserted` rows now stand where `removed` rows stood, from `firstRow` on. */
export interface RowChange {
  readonly firstRow: number;
  readonly removed: number;
  readonly inserted: number;
}

/**
 * Where the rows and cells of one document text lie. All offsets are UTF-16 code units into that text; a cell's range is the raw one,
 * quotes included, and neither its separator nor the line break belongs to it. Only starts of rows and ends of cells are stored
 * (a cell begins one past the end of its left neighbour), so that a million rows need some twenty megabytes.
 */
export class CellIndex {
  /** Offset at which each row begins. */
  readonly #rowStarts: OffsetList;
  /** Position in `#cellEnds` of each row's first cell. */
  readonly #firstCells: OffsetList;
  /** Offset at which each cell ends. */
  readonly #cellEnds: OffsetList;

  constructor(
    readonly dialect: Dialect,
    expectedRows = 16,
  ) {
    this.#rowStarts = new OffsetList(expectedRows);
    this.#firstCells = new OffsetList(expectedRows);
    this.#cellEnds = new OffsetList(2 * expectedRows);
  }

  /** How many rows there are. An empty line is a row of one empty cell; what follows the last line break is none while it is empty. */
  get rowCount(): number {
    return this.#rowStarts.length;
  }

  /** Where `row` begins. */
  rowStart(row: number): number {
    return this.#rowStarts.get(row);
  }

  /** Where `row` ends, its line break left out. */
  rowEnd(row: number): number {
    return this.#cellEnds.get(this.#firstCell(row + 1) - 1);
  }

  /** How many cells `row` has, at least 1. */
  cellCount(row: number): number {
    return this.#firstCell(row + 1) - this.#firstCell(row);
  }

  /** Where a cell begins: at its opening quote, if it has one. */
  cellStart(row: number, cell: number): number {
    return cell === 0 ? this.#rowStarts.get(row) : this.#cellEnds.get(this.#firstCells.get(row) + cell - 1) + 1;
  }

  /** Where a cell ends: behind its closing quote, if it has one. */
  cellEnd(row: number, cell: number): number {
    return this.#cellEnds.get(this.#firstCells.get(row) + cell);
  }

  /** The row in which `offset` lies (its line break included), or -1 before the first row. */
  rowAt(offset: number): number {
    let low = 0;
    let high = this.rowCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#rowStarts.get(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** For the scanner: opens a row at `offset`; its cells follow by `addCell`. */
  addRow(offset: number): void {
    this.#rowStarts.push(offset);
    this.#firstCells.push(this.#cellEnds.length);
  }

  /** For the scanner: ends the next cell of the last row at `offset`. */
  addCell(offset: number): void {
    this.#cellEnds.push(offset);
  }

  /** For the scanner: puts the rows of `fresh` in place of `removed` rows from `row` on and moves all later offsets by `shift`. */
  replaceRows(row: number, removed: number, fresh: CellIndex, shift: number): void {
    const cell = this.#firstCell(row);
    const removedCells = this.#firstCell(row + removed) - cell;
    const firstCells = new OffsetList(fresh.rowCount);
    for (let index = 0; index < fresh.rowCount; index++) firstCells.push(cell + fresh.#firstCells.get(index));
    this.#rowStarts.splice(row, removed, fresh.#rowStarts, shift);
    this.#firstCells.splice(row, removed, firstCells, fresh.#cellEnds.length - removedCells);
    this.#cellEnds.splice(cell, removedCells, fresh.#cellEnds, shift);
  }

  #firstCell(row: number): number {
    return row < this.#firstCells.length ? this.#firstCells.get(row) : this.#cellEnds.length;
  }
}
