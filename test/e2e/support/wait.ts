const POLL_MS = 100;

/** How long anything on the page may take. Generous: a build machine may be ten times slower than a desk when it is busy. */
export const PATIENCE_MS = 30_000;

/**
 * Reads again and again until the value is accepted; rejects after the time limit and then says what it saw last.
 * The workbench has no event for "hints are drawn", so its tests look at the page, as Playwright itself does.
 * @param what what was waited for, for the message
 */
export async function until<T>(
  what: string,
  read: () => Promise<T>,
  accept: (value: T) => boolean,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms for ${what}. Last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
