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
export const startPeer = (python: string, script: string, args: readonly string[]): Promise<Peer> =>
  startProcess(python, [`scripts/bench/peers/${script}`, ...args]);

/** Starts a program that speaks as the peers do. Rejects with its last words where it ends before it is ready. */
export async function startProcess(program: string, args: readonly string[]): Promise<Peer> {
  const child: ChildProcess = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  let said = '';
  child.stderr!.on('data', (piece: Buffer) => {
    process.stderr.write(piece);
    said = (said + String(piece)).slice(-2000);
  });
  const failed = new Promise<never>((_, reject) => child.on('error', reject));
  const read = async () => {
    for (;;) {
      const { value, done } = (await Promise.race([lines.next(), failed])) as { value: string; done: boolean };
      if (done) throw new Error(said.trim().split('\n').at(-1) || `${args[0]} ended early`);
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
