// Level `dependencies`: node_modules as package-lock.json has it.
import { existsSync, readFileSync } from 'node:fs';
import { missing, ready } from './level.mjs';
import { at, root } from './paths.mjs';
import { runNpm } from './run.mjs';
import { say } from './say.mjs';

/**
 * Runs `npm ci` unless what npm wrote down about node_modules already agrees with package-lock.json.
 * No package's install script runs: the project's .npmrc says `ignore-scripts`.
 * @returns {Promise<import('./level.mjs').Level>}
 */
export async function setupDependencies() {
  const lock = readLock(at('package-lock.json'));
  if (!lock) return missing('package-lock.json is missing or broken', 'git checkout -- package-lock.json');
  const installed = readLock(at('node_modules', '.package-lock.json'));
  const wrong = installed ? differences(lock, installed) : ['node_modules'];
  if (wrong.length === 0) return ready;
  say(`Fetching the npm packages (about 210 MB; 520 MB in node_modules), because ${because(wrong, installed)}`);
  const code = await runNpm(['ci', '--include=dev', '--no-fund', '--no-audit'], { cwd: root });
  return code === 0 ? ready : missing(`npm ci ended with code ${code} (see above)`, 'npm ci');
}

const because = (wrong, installed) =>
  installed ? `${wrong.length} of them are not as package-lock.json says (${wrong[0]})` : 'node_modules is missing';

function readLock(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * The packages of the lock file that npm's own record of node_modules (`node_modules/.package-lock.json`, npm ≥ 7) lacks or
 * has in another version. Unlike a time or a hash of ours it also knows what `npm install` did.
 */
function differences(lock, installed) {
  return Object.entries(lock)
    .filter(([path, entry]) => path !== '' && isForHere(path, entry) && installed[path]?.version !== entry.version)
    .map(([path]) => path);
}

/** npm leaves out optional packages of other platforms and C libraries; of optional ones only those named exactly after this one must be there. */
const isForHere = (path, entry) =>
  !(entry.optional || entry.devOptional) || path.endsWith(`${process.platform}-${process.arch}`);
