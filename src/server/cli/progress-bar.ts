import type { Progress } from '../runs/follow-training';
import { type Terminal, createProgressLine } from './progress-line';

/** Shows the progress of a run. */
export interface ProgressBar {
  /** @param which the run shown, where it is one of several: `2 of 5` */
  update(progress: Progress, which?: string): void;
  /** Takes the bar away, so that a line can be printed. */
  clear(): void;
}

/**
 * A bar with loss, rate and time left on a terminal; a plain line every ten seconds elsewhere:
 * `━━━━━━────  epoch 2  step 120/336  loss 0.5320  rate 2.1e-4  140 texts/s  1:23 left`.
 * @param now milliseconds
 */
export function createProgressBar(terminal: Terminal, now: () => number): ProgressBar {
  const line = createProgressLine(terminal, now);
  return {
    update: (progress, which) => line.show(textLine(progress, which), progress.step / progress.totalSteps),
    clear: line.clear,
  };
}

function textLine(
  { step, totalSteps, epoch, loss, learningRate, examplesPerSecond, secondsLeft }: Progress,
  which?: string,
): string {
  const rate = learningRate === 0 ? '0' : learningRate.toExponential(1);
  const speed = examplesPerSecond < 10 ? examplesPerSecond.toFixed(1) : String(Math.round(examplesPerSecond));
  return `${which === undefined ? '' : `${which}  `}epoch ${epoch + 1}  step ${step}/${totalSteps}  loss ${loss.toFixed(4)}  rate ${rate}  ${speed} texts/s  ${duration(secondsLeft)} left`;
}

/** `0:42`, `12:05`, `3:20:00`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
