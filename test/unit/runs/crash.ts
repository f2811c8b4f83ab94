import promises from 'node:fs/promises';
import { mock } from 'node:test';

const CALLS = [
  'access',
  'mkdir',
  'open',
  'readFile',
  'readdir',
  'realpath',
  'rename',
  'rm',
  'stat',
  'writeFile',
] as const;
/** Not `close`: the test's own process must not run out of files. */
const HANDLE_CALLS = ['chmod', 'datasync', 'read', 'stat', 'sync', 'write'] as const;
const SYNCS: readonly string[] = ['datasync', 'sync'];

/**
 * Runs `work` on a disk that dies: after `calls` calls of `node:fs/promises` (files' own methods included) every further one rejects and does
 * nothing (a write writes half), as if the process were gone; with `once`, only that one rejects. Nothing waits for the real disk. Tells whether it came to that; the work's own error is swallowed then.
 */
export async function crashing(
  calls: number,
  work: () => Promise<unknown>,
  { code = 'EIO', once = false } = {},
): Promise<{ crashed: boolean }> {
  let done = 0;
  const dies = (): boolean => {
    const dead = once ? done === calls : done >= calls;
    done++;
    return dead;
  };
  const fail = () => Promise.reject(Object.assign(new Error(`${code}: injected`), { code }));
  const prototype = await handlePrototype();
  const mocks = CALLS.map((name) => {
    const real = promises[name] as (...values: unknown[]) => Promise<unknown>;
    return mock.method(promises, name, (...values: unknown[]) => (dies() ? fail() : real(...values)));
  });
  for (const name of HANDLE_CALLS) {
    const real = prototype[name]!;
    mocks.push(
      mock.method(prototype, name, function (this: unknown, ...values: unknown[]) {
        const skipped = SYNCS.includes(name); // What makes these tests slow, and no process can tell.
        if (!dies()) return skipped ? Promise.resolve() : real.apply(this, values);
        return name === 'write' && done === calls + 1 ? real.apply(this, half(values)).then(fail) : fail();
      }) as never,
    );
  }
  try {
    await work();
    return { crashed: done > calls };
  } catch (error) {
    if (done > calls && !(error instanceof Error && error.name === 'AssertionError')) return { crashed: true };
    throw error;
  } finally {
    for (const one of mocks) one.mock.restore();
  }
}

/** Arguments of a write, for half of its text, or of its bytes. */
function half([content, offset, length, ...more]: unknown[]): unknown[] {
  if (typeof content === 'string') return [content.slice(0, content.length / 2)];
  return [content, offset, Math.floor(Number(length) / 2), ...more];
}

/** Runs `work` without waiting for the real disk. */
export async function unsynced(work: () => Promise<unknown>): Promise<void> {
  await crashing(Infinity, work);
}

type Method = (...values: unknown[]) => Promise<unknown>;

async function handlePrototype(): Promise<Record<string, Method>> {
  const handle = await promises.open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(handle) as Record<string, Method>;
  await handle.close();
  return prototype;
}
