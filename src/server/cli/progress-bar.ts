import type { Progress } from '../runs/follow-training';

/** Shows the progress of a run. */
export interface ProgressBar {
  /** @param which the run shown, where it is one of several: `2 of 5` */
  update(progress: Progress, which?: string): void;
  /** Takes the bar away, so that a line can be printed. */
  clear(): void;
}

/** What the bar writes on: standard error, or a test's. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A line every so often where there is no terminal. */
const QUIET_INTERVAL = 10_000;

/**
 * A bar with loss, rate and time left on a terminal; a plain line every ten seconds elsewhere.
 * @param now milliseconds
 */
export function createProgressBar(terminal: Terminal, now: () => number): ProgressBar {
  let shown = false;
  let last = now();
  return {
    update(progress, which) {
      if (terminal.isTTY) {
        terminal.write(`\r\x1b[2K${barLine(progress, terminal.columns ?? 80, which)}`);
        shown = true;
      } else if (now() - last >= QUIET_INTERVAL) {
        terminal.write(`${textLine(progress, which)}\n`);
        last = now();
      }
    },
    clear() {
      if (shown) terminal.write('\r\x1b[2K');
      shown = false;
    },
  };
}

/** `epoch 2  ━━━━━━────  120/336  loss 0.532  2.1e-4  140 texts/s  1:23 left`, cut to the width of the terminal. */
export function barLine(progress: Progress, width: number, which?: string): string {
  return barBefore(textLine(progress, which), progress.step / progress.totalSteps, width);
}

/** A bar of which a share is filled, and a text behind it, cut to the width of the terminal. */
export function barBefore(text: string, share: number, width: number): string {
  const room = Math.min(30, width - text.length - 3);
  if (room < 5) return text.slice(0, Math.max(0, width - 1));
  const filled = Math.round(room * share);
  return `${'━'.repeat(filled)}${'─'.repeat(room - filled)}  ${text}`;
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
