import { until as untilAnywhere } from '../../support/until';

const POLL_MS = 100;

/** How long one act, or its effect, may take before it is done again. */
export const TRY_MS = 5000;

/** How long anything on the page may take. Generous: a build machine may be ten times slower than a desk when it is busy. */
export const PATIENCE_MS = 30_000;

/**
 * Reads again and again until the value is accepted; rejects after the time limit and then says what it saw last.
 * The workbench has no event for "hints are drawn", so its tests look at the page, as Playwright itself does.
 * @param what what was waited for, for the message
 */
export const until = <T>(
  what: string,
  read: () => Promise<T>,
  accept: (value: T) => boolean,
  timeoutMs = PATIENCE_MS,
): Promise<T> => untilAnywhere(what, read, accept, { timeoutMs, pollMs: POLL_MS });

/**
 * Does something again and again until it succeeds; rejects with the last error. `between` puts the page back.
 * A menu that closes and a line that moves are met by slow machines as well as by fast ones: what can vanish is opened and used in one such act.
 */
export async function again<T>(act: () => Promise<T>, between: () => Promise<void> = async () => {}): Promise<T> {
  const end = Date.now() + 2 * PATIENCE_MS;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > end) throw error;
      await between();
    }
  }
}

/**
 * Acts until the effect is seen and answers what was seen: a key or a click that comes while the page moves goes nowhere. `act` must do no harm when
 * it is done twice, and must have limits of its own (`TRY_MS`); its errors count only where no effect is seen.
 */
export const actUntil = <T>(
  what: string,
  act: () => Promise<unknown>,
  read: () => Promise<T>,
  accept: (value: T) => boolean,
): Promise<T> =>
  again(async () => {
    const problem = await act().then(
      () => '',
      (error: unknown) => ` The act: ${String(error).split('\n', 1).join('')}`,
    );
    return until(what, read, accept, TRY_MS).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}${problem}`);
    });
  });
