/** What progress is written on: standard error, or a test's. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A line of progress that is written over. */
export interface ProgressLine {
  /** @param share of the work that is done, 0 to 1 */
  show(text: string, share: number): void;
  /** Takes the line away, so that others can be printed. */
  clear(): void;
  /** Prints a line that stays. */
  print(text: string): void;
}

/** A line every so often where there is no terminal. */
const QUIET_INTERVAL = 10_000;

/**
 * A bar with a text behind it on a terminal; the text alone every ten seconds elsewhere.
 * @param now milliseconds
 */
export function createProgressLine(terminal: Terminal, now: () => number): ProgressLine {
  let shown = false;
  let last = now();
  const clear = () => {
    if (shown) terminal.write('\r\x1b[2K');
    shown = false;
  };
  return {
    show(text, share) {
      if (terminal.isTTY) {
        terminal.write(`\r\x1b[2K${barBefore(text, share, terminal.columns ?? 80)}`);
        shown = true;
      } else if (now() - last >= QUIET_INTERVAL) {
        terminal.write(`${text}\n`);
        last = now();
      }
    },
    clear,
    print(text) {
      clear();
      terminal.write(`${text}\n`);
    },
  };
}

/** A bar of which a share is filled, and a text behind it, cut to the width of the terminal. */
export function barBefore(text: string, share: number, width: number): string {
  const room = Math.min(30, width - text.length - 3);
  if (room < 5) return text.slice(0, Math.max(0, width - 1));
  const filled = Math.round(room * share);
  return `${'━'.repeat(filled)}${'─'.repeat(room - filled)}  ${text}`;
}
