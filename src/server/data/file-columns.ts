import type { LabelNames } from './labels';

/** Which columns of a file are what. */
export interface FileColumns {
  /** Names of all columns; `1`, `2`, … where there is no header. */
  readonly names: readonly string[];
  /** Index of the text column, of a second text for pairs, and of the label column. */
  readonly text: number;
  readonly textB?: number;
  /** Absent in a file without labels: predictions then stand at the end of the row. */
  readonly label?: number;
  readonly headerless: boolean;
  /** Names of integer labels, from a file such as `class.txt` beside. */
  readonly labelNames?: LabelNames;
  /** What stands between the labels of a cell, where a model of several labels a row predicts the file. */
  readonly delimiter?: string;
}
