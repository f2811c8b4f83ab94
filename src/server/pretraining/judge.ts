import type { MaskedScores } from '../../protocol/pretraining';
import { type Masked, makePretrainingBatch } from './batch';
import type { SequenceReader } from './sequence-reader';
import type { MaskSettings } from './settings';
import type { PretrainingStepper } from './stepper';

/** Sequences that are judged at most. */
export const MOST_JUDGED = 256;

/** The sequences of T tokens that judge: the first of the held-out ones, always with the same masks. */
export async function judgedSequences(heldOut: SequenceReader, T: number, most = MOST_JUDGED): Promise<Masked[]> {
  const sequences: Masked[] = [];
  for (let i = 0; i < Math.min(most, heldOut.count(T)); i++) sequences.push(await heldOut.masked(T, i));
  return sequences;
}

/** Judges the weights as they are now by sequences of at most T tokens, one of them at least. */
export async function judgeSequences(
  stepper: Pick<PretrainingStepper, 'judge'>,
  sequences: readonly Masked[],
  T: number,
  batchSize: number,
  padId: number,
  masks: MaskSettings,
  pairs: boolean,
): Promise<MaskedScores> {
  const predictions = sequences.reduce((sum, { positions }) => sum + positions.length, 0);
  let [loss, right] = [0, 0];
  for (let at = 0; at < sequences.length; at += batchSize) {
    const part = sequences.slice(at, at + batchSize);
    const batch = makePretrainingBatch(part, T, padId, masks, { predictions, pairs: sequences.length }, pairs);
    const { masked, correct } = await stepper.judge(batch);
    loss += masked;
    const count = part.reduce((sum, { positions }) => sum + positions.length, 0);
    for (let i = 0; i < count; i++) right += correct[i]!;
  }
  return { accuracy: right / predictions, loss };
}
