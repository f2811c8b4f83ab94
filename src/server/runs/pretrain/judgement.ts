import type { MaskedScores } from '../../../protocol/pretraining';
import type { FilledText } from '../../../protocol/runs';
import type { Compiled } from '../../engine/engine';
import { fillMasks } from '../../pretraining/fill-masks';
import { judgeSequences, judgedSequences } from '../../pretraining/judge';
import type { PretrainingStepper } from '../../pretraining/stepper';
import { rowsOfPart } from '../../training/parts';
import type { PretrainingRecord } from './record';
import type { RunSequences } from './sequences';

/** How the weights do at a step. */
export interface PretrainingJudgement {
  /** None where no document is held out. */
  readonly scores: MaskedScores | undefined;
  /** The texts of `--fill-in`. */
  readonly filled: readonly FilledText[];
}

/** Tokens that are shown for each mask. */
const MOST_FILLINGS = 3;

/** Judges the weights as they are now: held-out sequences, and texts with masks. @param filling see `compileFilling` */
export async function judgeWeights(
  stepper: PretrainingStepper,
  filling: Compiled,
  { heldOut, longest, tokenizer, vocabulary }: RunSequences,
  { batchSize, accumulate, masks, pairs, fillIn }: PretrainingRecord['settings'],
): Promise<PretrainingJudgement> {
  const scores =
    heldOut.count(longest) === 0
      ? undefined
      : await judgeSequences(
          stepper,
          await judgedSequences(heldOut, longest),
          longest,
          rowsOfPart(batchSize, accumulate),
          vocabulary.padId,
          masks,
          pairs !== 'none',
        );
  const filled: FilledText[] = [];
  for (const text of fillIn)
    filled.push({ text, fillings: await fillMasks(filling, text, tokenizer, vocabulary, longest, MOST_FILLINGS) });
  return { scores, filled };
}
