import type { Predictions } from '../host/predictions';
import type { Priority } from '../host/messages';
import { RowlightError } from '../errors';
import { hasAnswer, type Prediction, type TextInput } from '../inference/prediction';
import type { PredictedFile } from './file-states';

/** Predictions of a file's rows, whatever makes them. Features ask here and not a model. */
export interface FilePredictions {
  /** The prediction of a row's text if it is known; none where the model's answer is no number. */
  get(state: PredictedFile, input: TextInput): Prediction | undefined;
  /** Resolves when all `inputs` that have an answer can be got. Rejects where none of several has one, else as the model host does; aborting `signal` rejects with reason `cancelled`. */
  want(state: PredictedFile, inputs: readonly TextInput[], priority: Priority, signal: AbortSignal): Promise<void>;
  /** Every label that the predictions may name, in the order of their probabilities. */
  labels(state: PredictedFile): readonly string[];
}

/** Asks the model of the file, or what its own labelled rows tell. */
export function createFilePredictions(predictions: Predictions): FilePredictions {
  return {
    get: (state, input) => {
      const prediction = state.by === 'model' ? predictions.get(state.model, input) : state.provisional.get(input);
      return prediction && hasAnswer(prediction) ? prediction : undefined;
    },
    async want(state, inputs, priority, signal) {
      if (state.by === 'rows') return state.provisional.want(inputs, priority, signal);
      const { model, card } = state;
      await predictions.want(model, inputs, priority, signal);
      // One text alone may be what is wrong; a model that answers none of several is.
      const broken = (input: TextInput): boolean => {
        const prediction = predictions.get(model, input);
        return prediction !== undefined && !hasAnswer(prediction);
      };
      if (inputs.length > 1 && inputs.every(broken)) {
        throw new RowlightError(
          'bad-model',
          `${card.name}: its answers are no numbers, so its weights are damaged or were trained too fast; choose another model.`,
        );
      }
    },
    labels: (state) => (state.by === 'model' ? state.card.labels : state.provisional.labels),
  };
}
