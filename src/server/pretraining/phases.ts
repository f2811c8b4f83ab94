import type { Phase } from './settings';

/** A stretch of a run: steps of one length. */
export interface PlannedPhase {
  readonly length: number;
  /** Sequences of a step: shorter ones are more, so that every step reads as many tokens. */
  readonly batchSize: number;
  /** The first of its steps, and the first that is not. */
  readonly from: number;
  readonly to: number;
}

/**
 * Deals the steps of a run to its phases, short sequences first.
 * @param batchSize sequences of a step at the greatest length
 */
export function planPhases(phases: readonly Phase[], totalSteps: number, batchSize: number): PlannedPhase[] {
  const longest = Math.max(...phases.map(({ length }) => length));
  const shares = phases.reduce((sum, { share }) => sum + share, 0);
  let done = 0;
  return phases.map(({ length, share }) => {
    const from = Math.round((totalSteps * done) / shares);
    done += share;
    const to = Math.round((totalSteps * done) / shares);
    return { length, batchSize: Math.max(1, Math.round((batchSize * longest) / length)), from, to };
  });
}

/** Steps that read so many numbers of a corpus so many times. */
export function stepsFor(epochs: number, numbers: number, batchSize: number, length: number): number {
  return Math.max(1, Math.round((epochs * numbers) / (batchSize * (length - 2))));
}
