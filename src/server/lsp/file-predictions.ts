import type { Predictions } from '../host/predictions';
import type { Priority } from '../host/messages';
import type { Prediction, TextInput } from '../inference/prediction';
import type { PredictedFile } from './file-states';

/** Predictions of a file's rows, whatever makes them. Features ask here and not a model. */
export interface FilePredictions {
  /** The prediction of a row's text if it is known. */
  get(state: PredictedFile, input: TextInput): Prediction | undefined;
  /** Resolves when all `inputs` can be got. Rejects as the model host does; aborting `signal` rejects with reason `cancelled`. */
  want(state: PredictedFile, inputs: readonly TextInput[], priority: Priority, signal: AbortSignal): Promise<void>;
  /** Every label that the predictions may name, in the order of their probabilities. */
  labels(state: PredictedFile): readonly string[];
}

/** Asks the model of the file. */
export function createFilePredictions(predictions: Predictions): FilePredictions {
  return {
    get: ({ model }, input) => predictions.get(model, input),
    want: ({ model }, inputs, priority, signal) => predictions.want(model, inputs, priority, signal),
    labels: ({ card }) => card.labels,
  };
}
