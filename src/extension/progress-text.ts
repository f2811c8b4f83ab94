import type { RunSummary } from '../protocol/runs';

/** How far a progress bar moves on, in per cent, when `reached` was shown before; never back, never beyond 100. */
export function advance(run: Pick<RunSummary, 'step' | 'totalSteps'>, reached: number): number {
  if (!run.totalSteps) return 0;
  return Math.max(0, Math.min(100, (100 * run.step) / run.totalSteps) - reached);
}

/** `1:02:03`, `2:03` or `0:03`. */
export function timeLeft(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
