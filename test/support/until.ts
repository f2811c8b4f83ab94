/** Between two looks, in milliseconds. */
const POLL_MS = 20;

/** How long anything may take, in milliseconds: several times what a slow and busy machine needs, and less than a file of tests may take. */
export const PATIENCE_MS = 240_000;

/**
 * Reads again and again until the value is accepted, and answers it; rejects after the time limit and then says what it saw last. For what has no
 * event to wait for: files, pages, answers of other processes.
 * @param what what is waited for, for the message
 * @param read may throw to end the waiting at once
 */
export async function until<T>(
  what: string,
  read: () => T | Promise<T>,
  accept: (value: T) => boolean,
  { timeoutMs = PATIENCE_MS, pollMs = POLL_MS } = {},
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms for ${what}. Last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Conditions that are looked at whenever something has happened. */
export interface Conditions {
  /** Resolves when the condition holds; rejects after the time limit with the condition's text. */
  until(condition: () => boolean): Promise<void>;
  /** Says that something has happened. */
  wake(): void;
}

/** Conditions of something that tells of its changes. Whoever waits keeps the process up. */
export function createConditions(timeoutMs = PATIENCE_MS): Conditions {
  const waiting = new Set<() => void>();
  return {
    until: (condition) =>
      new Promise((resolve, reject) => {
        const give = (): void => {
          waiting.delete(look);
          reject(new Error(`Waited ${timeoutMs} ms until ${String(condition)}`));
        };
        const limit = setTimeout(give, timeoutMs);
        const look = (): void => {
          if (!condition()) return;
          clearTimeout(limit);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    wake: () => {
      for (const look of [...waiting]) look();
    },
  };
}
