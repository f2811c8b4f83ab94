import type { ChildProcess } from 'node:child_process';
import { after } from 'node:test';

const children = new Set<ChildProcess>();

function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

/**
 * Ends a process with the tests of this file, however they end: one that a failed test leaves would keep the file's own process up, and go on behind
 * one that the runner ends for taking too long. Returns the process.
 */
export function endWithTests<Child extends ChildProcess>(child: Child): Child {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

// A file that runs itself once more as a process of its own has no tests there.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  after(endAll);
  process.once('exit', endAll);
  // How the runner ends a file that takes too long; ending by `exit` lets handlers of that run.
  process.once('SIGTERM', () => process.exit(1));
}
