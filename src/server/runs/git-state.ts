import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { z } from 'zod';

/** How the repository of a file or folder stood. */
export const gitStateSchema = z.object({
  /** The commit checked out; empty in a repository without one. */
  commit: z.string(),
  /** Whether the file (of a folder: anything tracked in it) differs from that commit; of a file also where git does not know it. */
  dirty: z.boolean(),
});

/** How the repository of a file or folder stood. */
export type GitState = z.infer<typeof gitStateSchema>;

/** Milliseconds after which git is no longer waited for: a run must not hang on a network drive. */
const PATIENCE = 3000;

/** The state of the repository that a data file is in; undefined where there is none, or no git, or no answer in time. */
export function gitStateOfFile(file: string): Promise<GitState | undefined> {
  return stateOf(dirname(file), ['--untracked-files=all', '--ignored=matching', '--', basename(file)]);
}

/** The state of the repository that a folder is in, tracked files only. */
export function gitStateOfFolder(folder: string): Promise<GitState | undefined> {
  return stateOf(folder, ['--untracked-files=no', '--', '.']);
}

async function stateOf(folder: string, status: readonly string[]): Promise<GitState | undefined> {
  // Pathspecs are taken literally, and no program that a repository's own settings name is started to watch for changes.
  const options = ['--literal-pathspecs', '-c', 'core.fsmonitor=false', '-C', folder];
  const [commit, changes] = await Promise.all([
    git([...options, 'rev-parse', '--verify', '--quiet', 'HEAD']),
    git([...options, 'status', '--porcelain', ...status]),
  ]);
  return changes === undefined ? undefined : { commit: commit?.trim() ?? '', dirty: changes.trim() !== '' };
}

/** What git prints; undefined where it fails, is not installed, or takes too long. No shell is involved. */
function git(args: readonly string[]): Promise<string | undefined> {
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
  const options = { env, timeout: PATIENCE, killSignal: 'SIGKILL' as const, maxBuffer: 2 ** 24, windowsHide: true };
  return new Promise((resolve) => {
    try {
      execFile('git', [...args], options, (error, stdout) => resolve(error ? undefined : stdout));
    } catch {
      // A folder with a NUL in its name, say.
      resolve(undefined);
    }
  });
}
