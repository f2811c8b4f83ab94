import { type Verdict, compareAnswers } from './faithful';
import type { Prediction, Predictor, TextInput } from './prediction';

/** Texts that one precision answers before it is the other's turn. */
const PIECE = 50;

/**
 * Has both precisions of a model answer texts and compares. They take turns, so that whatever else the machine does slows both alike.
 * @param now milliseconds
 */
export async function judgeInt8(
  float32: Predictor,
  int8: Predictor,
  texts: readonly TextInput[],
  now: () => number,
): Promise<Verdict> {
  const exact = { predictor: float32, predictions: [] as Prediction[], milliseconds: 0 };
  const rounded = { predictor: int8, predictions: [] as Prediction[], milliseconds: 0 };
  for (let at = 0; at < texts.length; at += PIECE)
    for (const one of [exact, rounded]) {
      const start = now();
      one.predictions.push(...(await one.predictor.predict(texts.slice(at, at + PIECE))));
      one.milliseconds += now() - start;
    }
  const milliseconds = { float32: exact.milliseconds, int8: rounded.milliseconds };
  return compareAnswers(exact.predictions, rounded.predictions, milliseconds);
}
