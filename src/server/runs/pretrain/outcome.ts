import type { MaskedScores } from '../../../protocol/pretraining';
import { readMetrics } from '../metrics';

/** How a run ended. */
export interface PretrainingOutcome {
  readonly folder: string;
  readonly steps: number;
  /** Scores before the first step; none where no document is held out. */
  readonly before?: MaskedScores;
  /** Scores of the best checkpoint; where no step made them better, those of the start. */
  readonly scores?: MaskedScores;
  /** Of the words masked by this process, the share masked as a whole. */
  readonly wholeWords: number;
}

/**
 * How a run ended after its last step.
 * @param counters those of the training state, with the best scores
 */
export async function outcomeOf(
  folder: string,
  steps: number,
  { bestLoss: loss, bestAccuracy: accuracy }: Readonly<Record<string, number>>,
  wholeWords: number,
): Promise<PretrainingOutcome> {
  const before = (await readMetrics(folder)).find((line) => line.event === 'masked' && line.step === 0);
  return {
    folder,
    steps,
    ...(before?.event === 'masked' ? { before: { accuracy: before.accuracy, loss: before.loss } } : {}),
    ...(loss === undefined || accuracy === undefined ? {} : { scores: { accuracy, loss } }),
    wholeWords,
  };
}
