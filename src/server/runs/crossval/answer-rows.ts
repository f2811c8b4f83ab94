import type { Example } from '../../data/example';
import type { Engine } from '../../engine/engine';
import { RowlightError } from '../../errors';
import { hasAnswer } from '../../inference/prediction';
import { createPredictor } from '../../inference/predictor';
import { loadClassifier } from '../load-classifier';
import { textHash } from '../run-folder';
import type { Answer } from './answers';

/** What a saved model says of each of several lists of rows. Rejects with reason `bad-model` where it answers with what is no number. */
export async function answerRows(
  engine: Engine,
  model: string,
  lists: readonly (readonly Example[])[],
): Promise<Answer[][]> {
  const loaded = await loadClassifier(model);
  // A temperature is fitted on the rows that the fold held out: with it, their probabilities would have seen their labels.
  const predictor = await createPredictor(engine, { ...loaded.model, temperature: 1 });
  try {
    const answered: Answer[][] = [];
    for (const rows of lists) {
      const predictions = await predictor.predict(rows);
      const silent = predictions.filter((prediction) => !hasAnswer(prediction)).length;
      if (silent > 0) {
        throw new RowlightError(
          'bad-model',
          `${model}: the model's answers to ${silent} of ${rows.length} rows are no numbers; try a smaller --learning-rate`,
        );
      }
      answered.push(
        rows.map(({ row, text, textB }, at) => ({
          row,
          hash: textHash(text, textB),
          probabilities: Array.from(predictions[at]!.probabilities),
        })),
      );
    }
    return answered;
  } finally {
    await predictor.dispose();
  }
}
