import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * A text that tells a process from a later one with the same id: when it started. Undefined where there is no such process, and on Windows,
 * where asking takes a second: there an id that was given out again can pass for the old process.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    ]);
    // The second field is the program's name in brackets, which may hold anything; state is the third, start time (in ticks since boot) the 22nd.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields?.[0], fields?.[19]];
    if (ticks === undefined || state === 'Z' || state === 'X') return undefined; // A zombie runs no more.
    return `${ticks}@${boot.trim()}`;
  }
  if (process.platform === 'win32') return undefined;
  const answer = promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return answer.then(
    // `S+   Mon Nov 23 16:51:17 2026`; a state of Z is a zombie.
    ({ stdout }) => /^\s*[^Z\s]\S*\s+(.+?)\s*$/.exec(stdout)?.[1],
    () => undefined,
  );
}

/** Whether the process `pid` that started at `start` (by `processStart`; unknown where absent) still runs. */
export async function isAlive(pid: number, start?: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs and belongs to someone else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform === 'win32') return true;
  const now = await processStart(pid);
  return now !== undefined && (start === undefined || now === start);
}
