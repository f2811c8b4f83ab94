/** One row as training and prediction see it. */
export interface Example {
  /** Index of the row in its file, header not counted, from 0. */
  readonly row: number;
  /** The text to classify. */
  readonly text: string;
  /** The second text, for sentence pairs. */
  readonly textB?: string;
  /** The label by name; absent on an unlabelled row. */
  readonly label?: string;
}
