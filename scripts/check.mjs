// `npm run check`: types, lint, format, third-party notices. Everything runs even where something fails.
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { at, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { say } from './lib/say.mjs';
import { requireDependencies } from './setup.mjs';

const tool = (...path) => at('node_modules', ...path);
const CHECKS = {
  types: [tool('typescript', 'bin', 'tsc'), '-b', '.', 'media'],
  lint: [tool('eslint', 'bin', 'eslint.js'), '.'],
  format: [tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.'],
  notices: [at('scripts', 'notices.mjs'), '--check'],
};

/**
 * Runs every check. The tools are started by their files under our own Node: no shell, no `.bin`, the same on Windows.
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function check() {
  const failed = [];
  for (const [name, args] of Object.entries(CHECKS)) {
    if ((await runNode(args, { cwd: root, stdio: ['ignore', 2, 2] })) !== 0) failed.push(name);
  }
  return failed;
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  await requireDependencies();
  const failed = await check();
  say(failed.length ? `check: failed: ${failed.join(', ')}` : 'check: types, lint, format and notices are fine');
  process.exitCode = failed.length ? 1 : 0;
}
