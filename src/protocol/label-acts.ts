import type { NotificationType, RequestType } from './messages';

/** A place in a document: line and UTF-16 unit, both from 0. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** A stretch of a document; its end is not part of it. */
export interface TextRange {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** What lies in `range` becomes `text`. */
export interface RangeEdit {
  readonly range: TextRange;
  readonly text: string;
}

/** First and last line, both included, from 0. Where rows are meant: every row that has a part on them. */
export type Lines = readonly [first: number, last: number];

/** What is done to the label cells of some rows. */
export type LabelAct =
  /** They get this label. Where rows have several it is added, or taken away from those that have it, unless `whole` says that it is the cell as it shall be. */
  | { readonly kind: 'set'; readonly label: string; readonly lines: readonly Lines[]; readonly whole?: boolean }
  /** They are emptied. */
  | { readonly kind: 'clear'; readonly lines: readonly Lines[] }
  /** Each gets what is predicted for it, whether it has a label or not: these rows were chosen one by one. */
  | { readonly kind: 'accept'; readonly lines: readonly Lines[] }
  /** Every row without a label whose prediction is at least so probable (0 to 1) gets it; rows that have a label keep it. */
  | { readonly kind: 'acceptAbove'; readonly probability: number };

/** The edits of one act. */
export interface LabelEdits {
  /** The version of the document that the edits belong to: applied to any other, they are wrong. */
  readonly version: number;
  /** In the order of the document, none overlapping another. Nothing but label cells changes. */
  readonly edits: readonly RangeEdit[];
  /** Rows whose label becomes another one; edits of empty cells don't count. */
  readonly replaced: number;
  /** Rows that stay as they are because nothing is predicted for them. */
  readonly unpredicted: number;
}

/** Client → server: the edits that do this act to a document of this version; null where the server has another version, so that the client asks again. */
export const GetLabelEdits: RequestType<
  { readonly uri: string; readonly version: number; readonly act: LabelAct },
  LabelEdits | null
> = { method: 'rowlight/labelEdits' };

/** One label that a row may get. */
export interface LabelChoice {
  readonly name: string;
  /** When to give it, from `labels.json`. */
  readonly description?: string;
  /** `#rrggbb` */
  readonly color?: string;
  /** The key that gives it in labelling mode. */
  readonly key?: string;
  /** How probable it is for the row, 0 to 1; absent where nothing predicts. */
  readonly probability?: number;
}

/** One row as it is shown to whoever labels it. */
export interface RowSnapshot {
  readonly version: number;
  /** Index of the row in the file, the header included. */
  readonly row: number;
  /** The row's own lines. */
  readonly lines: Lines;
  /** Where its label cell lies; where it lacks one, the end of the row. */
  readonly labelRange: TextRange;
  readonly text: string;
  /** The second text of sentence pairs. */
  readonly textB?: string;
  /** Its label; absent on an unlabelled row. */
  readonly label?: string;
  /** Every label of the file, the most probable first; without a prediction in the order of `labels.json`. */
  readonly choices: readonly LabelChoice[];
  /** Where rows have several labels: those that it has, and the cell that is predicted. */
  readonly several?: { readonly given: readonly string[]; readonly predicted?: string };
  /** What predicts: a model's short name. Absent where nothing does. */
  readonly model?: string;
  /** Rows with a text, and those of them that have a label. */
  readonly total: number;
  readonly labelled: number;
  /** One line: why the `labels.json` beside the file doesn't count. */
  readonly problem?: string;
}

/** Which row: the one on a line, or the one with an index. */
export type RowPlace = { readonly line: number } | { readonly row: number };

/**
 * Client → server: a row to label; null where no row of data lies there. With `wait` the answer comes when the row is predicted, else at once
 * with what is known.
 */
export const GetRow: RequestType<
  { readonly uri: string; readonly at: RowPlace; readonly wait: boolean },
  RowSnapshot | null
> = { method: 'rowlight/row' };

/** How many unlabelled rows would be accepted at each threshold. */
export interface AcceptableRows {
  readonly version: number;
  /** Rows without a label that have a text. */
  readonly unlabelled: number;
  /** `counts[i]`: those predicted with a probability of at least i / 1000, for i from 0 to 1000. */
  readonly counts: readonly number[];
}

/** Client → server: predict every unlabelled row, behind all other work, and tell how many lie above which threshold. Can be cancelled. */
export const CountAcceptable: RequestType<{ readonly uri: string }, AcceptableRows> = {
  method: 'rowlight/countAcceptable',
};

/** Server → client: how far {@link CountAcceptable} has come. */
export const CountingAcceptable: NotificationType<{
  readonly uri: string;
  readonly done: number;
  readonly total: number;
}> = { method: 'rowlight/countingAcceptable' };

/**
 * Client → server: the next row of data from `from` (a row's index) on, or with `back` before it; with `unlabelled` the next one without a
 * label, going on at the other end of the file. null where there is none.
 */
export const StepRow: RequestType<
  { readonly uri: string; readonly from: number; readonly back: boolean; readonly unlabelled: boolean },
  { readonly row: number } | null
> = { method: 'rowlight/stepRow' };
