import type { RangeEdit, TextPosition } from './label-acts';
import type { RequestType } from './messages';

/** One column, to choose the texts from. */
export interface ColumnPreview {
  readonly index: number;
  /** Its name in the header, or its number from 1. */
  readonly name: string;
  /** The first values that are not blank. */
  readonly samples: readonly string[];
}

/** What a file is before it is labelled. */
export interface FilePreview {
  readonly columns: readonly ColumnPreview[];
  /** The column that looks most like texts. */
  readonly text: number | undefined;
  /** The label column, where the file has one. */
  readonly label: number | undefined;
  /** The labels of `labels.json`, else those in the label column. */
  readonly labels: readonly string[];
  readonly source: 'file' | 'values';
}

/** Client → server: what there is to label in a document. Fails with one line where it has no rows, or a `labels.json` that is broken. */
export const PreviewFile: RequestType<{ readonly uri: string }, FilePreview> = { method: 'rowlight/previewFile' };

/** A class as it was typed. */
export interface TypedClass {
  readonly name: string;
  readonly description?: string;
}

/** What makes a file ready to be labelled. */
export interface LabellingStart {
  /** One edit of the version that was asked for: it adds the empty label column; absent where there is one for these classes already. */
  readonly edit?: RangeEdit;
  /** `labels.json` as it is to be, for {@link WriteLabelSet}; absent where it says all this already. */
  readonly labels?: string;
  /** The columns after the edit, to be remembered by {@link SetColumns}. */
  readonly columns: ChosenColumns;
  /** The first label cell, after the edit. */
  readonly first: TextPosition;
}

/** Client → server: what is to be done so that a column can be labelled with these classes; null where the server has another version. */
export const StartLabelling: RequestType<
  {
    readonly uri: string;
    readonly version: number;
    readonly textColumn: number;
    readonly classes: readonly TypedClass[];
  },
  LabellingStart | null
> = { method: 'rowlight/startLabelling' };

/** Columns that the user chose for a document, by name or by number from 1. */
export interface ChosenColumns {
  readonly text: string;
  readonly label: string;
}

/** Client → server: these are the columns of a document from now on, where the settings name none and the document has them. */
export const SetColumns: RequestType<{ readonly uri: string; readonly columns: ChosenColumns }, null> = {
  method: 'rowlight/setColumns',
};

/** Client → server: write the `labels.json` beside a document, whole or not at all. Fails with one line where the content is no label set. */
export const WriteLabelSet: RequestType<{ readonly uri: string; readonly content: string }, null> = {
  method: 'rowlight/writeLabelSet',
};
