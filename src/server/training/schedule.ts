/**
 * BERT's learning rate: linear warm-up from 0, then linear decay to 0 (`get_linear_schedule_with_warmup` of transformers).
 * @param step steps done before this one, from 0
 * @param warmup the share of all steps that warms up
 */
export function learningRateAt(step: number, totalSteps: number, peak: number, warmup: number): number {
  const rising = Math.round(totalSteps * warmup);
  if (step < rising) return (peak * step) / Math.max(1, rising);
  return peak * Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - rising));
}
