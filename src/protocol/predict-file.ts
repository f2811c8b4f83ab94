import type { NotificationType, RequestType } from './messages';

/** Where the predictions of a document could be written. */
export interface PredictionTarget {
  /** The file beside it, absolute, and whether it is there already. */
  readonly path: string;
  readonly exists: boolean;
  /** A name beside it that nobody has yet; the same as `path` where that is free. */
  readonly free: string;
}

/** A file of predictions. */
export interface WrittenPredictions {
  readonly path: string;
  /** Rows with a prediction, and rows of data without text, which have none. */
  readonly predicted: number;
  readonly without: number;
  /** Rows with more cells than the header: their predictions stand further right. */
  readonly ragged: number;
}

/** Client → server: where Predict File would write. Fails with one line where nothing predicts the document or it is no file. */
export const FindPredictionTarget: RequestType<{ readonly uri: string }, PredictionTarget> = {
  method: 'rowlight/predictionTarget',
};

/**
 * Client → server: write a copy of the document with prediction, probability, second choice and its probability in four more columns; `path` is one
 * that {@link FindPredictionTarget} named, `replace` that the user agreed to replace it. Behind all other work; can be cancelled, nothing is written then.
 */
export const WritePredictions: RequestType<
  { readonly uri: string; readonly path: string; readonly replace: boolean },
  WrittenPredictions
> = { method: 'rowlight/writePredictions' };

/** Server → client: how far {@link WritePredictions} has come, in rows. */
export const WritingPredictions: NotificationType<{
  readonly uri: string;
  readonly done: number;
  readonly total: number;
}> = { method: 'rowlight/writingPredictions' };
