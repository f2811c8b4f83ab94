import { RowlightError } from '../errors';
import { type Verdict, compareAnswers } from './faithful';
import type { Prediction, Predictor, TextInput } from './prediction';

/** Texts that one precision answers before it is the other's turn. */
const PIECE = 50;

/**
 * Has both precisions of a model answer texts and compares. They take turns, so that whatever else the machine does slows both alike; the first turn of
 * each counts for no time, since a GPU compiles its programs then.
 * @param now milliseconds
 * @throws RowlightError `unsupported` where the CPU had to stand in for one of them: the device was lost, or fails at float16
 */
export async function judgePrecision(
  float32: Predictor,
  rounded: Predictor,
  texts: readonly TextInput[],
  now: () => number,
): Promise<Verdict> {
  const inFull = { predictor: float32, predictions: [] as Prediction[], milliseconds: 0 };
  const inFew = { predictor: rounded, predictions: [] as Prediction[], milliseconds: 0 };
  for (let at = 0; at < texts.length; at += PIECE)
    for (const one of [inFull, inFew]) {
      const start = now();
      one.predictions.push(...(await one.predictor.predict(texts.slice(at, at + PIECE))));
      if (at > 0) one.milliseconds += now() - start;
      if (one.predictor.onDevice?.() === false)
        throw new RowlightError('unsupported', 'the CPU had to stand in for the device');
    }
  const milliseconds = { float32: inFull.milliseconds, rounded: inFew.milliseconds };
  return compareAnswers(inFull.predictions, inFew.predictions, milliseconds);
}
