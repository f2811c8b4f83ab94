import { inWords } from '../runs/disk';
import { duration } from './progress-bar';
import { type Terminal, barBefore } from './progress-line';

/** Shows how many bytes of something are done. */
export interface ByteProgress {
  update(progress: { readonly done: number; readonly total: number; readonly what: string }): void;
  clear(): void;
}

/** A line every so often where there is no terminal. */
const QUIET_INTERVAL = 10_000;

/** Milliseconds between two messages to the process that started this one. */
const TOLD_INTERVAL = 100;

/** Tells a process that started this one with a channel to itself (`host/trainer.ts`), else shows a bar on standard error. */
export function byteProgress(): ByteProgress {
  if (process.send === undefined) return byteBar(process.stderr, () => Date.now());
  let told = 0;
  return {
    update({ done, total }) {
      if ((done < total && Date.now() - told < TOLD_INTERVAL) || !process.connected) return;
      told = Date.now();
      process.send?.({ done, total }, undefined, undefined, () => undefined);
    },
    clear: () => undefined,
  };
}

/** A bar with rate and time left on a terminal; a plain line every ten seconds elsewhere. */
export function byteBar(terminal: Terminal, now: () => number): ByteProgress {
  const began = now();
  let last = began;
  let before = -1;
  let shown = false;
  return {
    update({ done, total, what }) {
      // What lay on the disk already comes at once and says nothing of the rate.
      if (before < 0) before = done;
      const interval = terminal.isTTY ? 100 : QUIET_INTERVAL;
      if (now() - last < interval) return;
      last = now();
      const rate = (done - before) / ((now() - began) / 1000);
      const left = rate > 0 ? `${duration((total - done) / rate)} left` : '';
      const text = `${what}  ${inWords(done)} of ${inWords(total)}  ${inWords(rate)}/s  ${left}`;
      if (terminal.isTTY) terminal.write(`\r\x1b[2K${barBefore(text, done / total, terminal.columns ?? 80)}`);
      else terminal.write(`${text}\n`);
      shown = terminal.isTTY ?? false;
    },
    clear() {
      if (shown) terminal.write('\r\x1b[2K');
      shown = false;
    },
  };
}
