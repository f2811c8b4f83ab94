import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Lines as they come: each time all that wait, at most some hundreds. */
export type Lines = AsyncIterable<string[]>;

/** More at a time would only delay the first answer. */
const MOST = 256;

/** Reads lines of a stream (UTF-8, `\n` or `\r\n`) until it ends. */
export async function* readLines(stream: Readable): AsyncGenerator<string[], void, void> {
  const reader = createInterface({ input: stream, crlfDelay: Infinity });
  const waiting: string[] = [];
  let ended = false;
  let wake: () => void = () => undefined;
  reader.on('line', (line) => {
    waiting.push(line);
    // What is read must not pile up faster than it is answered.
    if (waiting.length >= 4 * MOST) reader.pause();
    wake();
  });
  reader.on('close', () => {
    ended = true;
    wake();
  });
  for (;;) {
    if (waiting.length > 0) {
      yield waiting.splice(0, MOST);
      if (!ended) reader.resume();
    } else if (ended) {
      return;
    } else {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
}

/** Writes to standard output and waits where its reader is slow. */
export async function writeOut(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
