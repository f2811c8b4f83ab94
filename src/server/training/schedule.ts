/** How the learning rate moves after warm-up. */
export const SCHEDULES = ['linear', 'cosine', 'constant'] as const;
/** One of {@link SCHEDULES}. */
export type ScheduleName = (typeof SCHEDULES)[number];

/**
 * The learning rate of a step: linear warm-up from 0, then by the schedule: `linear`, BERT's own, falls to 0 in a line; `cosine` in half a wave;
 * `constant` stays (`get_*_schedule_with_warmup` of transformers).
 * @param step steps done before this one, from 0
 * @param warmup the share of all steps that warms up
 */
export function learningRateAt(
  step: number,
  totalSteps: number,
  peak: number,
  warmup: number,
  schedule: ScheduleName,
): number {
  const rising = Math.round(totalSteps * warmup);
  if (step < rising) return (peak * step) / Math.max(1, rising);
  const left = Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - rising));
  switch (schedule) {
    case 'linear':
      return peak * left;
    case 'cosine':
      return (peak * (1 - Math.cos(Math.PI * left))) / 2;
    case 'constant':
      return peak;
  }
}
