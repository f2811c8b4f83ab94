import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { endWithTests } from './children';

/** The command line, as it is shipped. */
export const CLI = join('dist', 'cli.cjs');

/** What a command said and how it ended. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `rowlight` with arguments; it ends with the tests of the file. */
export function startCli(args: readonly string[], env = process.env): ChildProcessWithoutNullStreams {
  return endWithTests(spawn(process.execPath, [CLI, ...args], { stdio: 'pipe', env }));
}

/** Collects what a started command says until it ends. */
export function result(child: ChildProcessWithoutNullStreams): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Runs `rowlight` to its end. */
export function cli(args: readonly string[], input = '', env = process.env): Promise<CliResult> {
  const child = startCli(args, env);
  child.stdin.end(input);
  return result(child);
}
