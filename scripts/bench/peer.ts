import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A Python peer that answers each line with one JSON line, so that both sides can be timed in turns in one run. */
export interface Peer {
  /** What it said when it was ready. */
  readonly description: Record<string, unknown>;
  ask(line: string): Promise<Record<string, number>>;
  end(): void;
}

/** Starts `scripts/bench/peers/<script>` under a Python that has torch and transformers. */
export async function startPeer(python: string, script: string, args: readonly string[]): Promise<Peer> {
  const child: ChildProcess = spawn(python, [`scripts/bench/peers/${script}`, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const read = async () => {
    for (;;) {
      const { value, done } = (await lines.next()) as { value: string; done: boolean };
      if (done) throw new Error(`${script} ended early.`);
      if (value.startsWith('{')) return JSON.parse(value) as Record<string, never>;
    }
  };
  return {
    description: await read(),
    ask(line) {
      child.stdin!.write(`${line}\n`);
      return read();
    },
    end: () => void child.stdin!.end(),
  };
}

/** The middle value; of an even number, the lower of the two. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}
