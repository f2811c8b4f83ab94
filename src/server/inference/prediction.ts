/** One text, or a pair, to classify. */
export interface TextInput {
  readonly text: string;
  readonly textB?: string;
}

/** What a model says of one text. */
export interface Prediction {
  /**
   * The most probable label; empty where there is no answer ({@link hasAnswer}). Of a model of several labels the cell that holds all that are
   * given: joined by its delimiter, which alone means none.
   */
  readonly label: string;
  /** Its probability, 0 to 1; NaN where there is no answer. Of several labels that of the least sure decision. */
  readonly probability: number;
  /** The labels that are given, of a model of several. */
  readonly labels?: readonly string[];
  /** A probability for each label of the model, in the model's label order. */
  readonly probabilities: readonly number[];
  /** Whether the text was cut to the model's length limit. */
  readonly truncated: boolean;
  /** Tokens the model read, special ones included. */
  readonly tokens: number;
}

/** Whether the model gave numbers. One with damaged weights, or whose numbers grew out of range, gives none: that is no prediction, and no crash. */
export function hasAnswer(prediction: Prediction): boolean {
  return Number.isFinite(prediction.probability);
}

/** A loaded classifier. */
export interface Predictor {
  /** Label names in the model's order. */
  readonly labels: readonly string[];
  /** Length limit in tokens, special ones included. */
  readonly maxLength: number;
  /**
   * Predicts in the order of `inputs`. Repeated texts are computed once; batches are formed by length and token budget and their results
   * handed to `onBatch` as they come (indices into `inputs` and into the predictions so far). Between batches `signal` is looked at: aborting rejects with reason `cancelled`.
   */
  predict(
    inputs: readonly TextInput[],
    options?: {
      signal?: AbortSignal;
      onBatch?: (indices: readonly number[], done: number, predictions: readonly Prediction[]) => void;
    },
  ): Promise<Prediction[]>;
  /** Whether what was asked for computed last, as `Compiled.onDevice`. */
  readonly onDevice?: () => boolean;
  /** Frees the model. */
  dispose(): Promise<void>;
}
