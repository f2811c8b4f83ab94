// code-server (VS Code's workbench for a browser) with the Node it needs and the browser driver, all from npm, in .e2e/.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { missing, ready } from './level.mjs';
import { workbenchFolder } from './paths.mjs';
import { findProgram, run, runNpm } from './run.mjs';
import { say } from './say.mjs';

/** Pinned: a new VS Code may change the selectors that the tests look for. */
const VERSIONS = { 'code-server': '4.139.1', node: '24.21.0', 'playwright-core': '1.65.1' };

const NODE_PACKAGE = `node-linux-${process.arch}`;
const programs = {
  node: join(workbenchFolder, 'node24', 'node_modules', NODE_PACKAGE, 'bin', 'node'),
  entry: join(workbenchFolder, 'code-server', 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  driver: join(workbenchFolder, 'driver', 'node_modules', 'playwright-core', 'package.json'),
};
/** Written last, so that an interrupted installation is not taken for a whole one. */
const STAMP = join(workbenchFolder, 'versions.json');

/** @returns {Promise<import('./level.mjs').Level>} */
export async function setupCodeServer() {
  if (isInstalled()) return ready;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    return missing(
      `the workbench for tests runs on Linux x64 and arm64, this is ${process.platform} ${process.arch}`,
      'npm run setup workbench   (on Linux)',
    );
  }
  say(
    `Fetching code-server ${VERSIONS['code-server']}, Node ${VERSIONS.node} and playwright-core ${VERSIONS['playwright-core']} ` +
      'from npm into .e2e (about 240 MB; 800 MB on disk)',
  );
  rmSync(STAMP, { force: true });
  const node = { node: programs.node };
  const code =
    (await install('node24', `${NODE_PACKAGE}@${VERSIONS.node}`)) ||
    (await install('code-server', `code-server@${VERSIONS['code-server']}`, node)) ||
    (await installVscodeModules(node)) ||
    (await install('driver', `playwright-core@${VERSIONS['playwright-core']}`));
  if (code !== 0)
    return missing(`npm could not fetch the workbench (code ${code}, see above)`, 'npm run setup workbench');
  await buildNativeModules();
  writeFileSync(`${STAMP}.new`, `${JSON.stringify(VERSIONS)}\n`);
  renameSync(`${STAMP}.new`, STAMP);
  return ready;
}

function isInstalled() {
  if (!Object.values(programs).every(existsSync)) return false;
  try {
    return readFileSync(STAMP, 'utf8') === `${JSON.stringify(VERSIONS)}\n`;
  } catch {
    return false;
  }
}

const QUIET = ['--no-fund', '--no-audit', '--loglevel=error', '--ignore-scripts', '--omit=dev'];

function install(folder, what, options) {
  const cwd = join(workbenchFolder, folder);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'package.json'), '{ "private": true }\n');
  return runNpm(['install', ...QUIET, what], { cwd, ...options });
}

const vscode = () => join(dirname(programs.entry), '..', '..', 'lib', 'vscode');

/** code-server's own install script would do this, and then compile kerberos, which needs headers that nobody has. */
const installVscodeModules = (options) => runNpm(['install', ...QUIET], { cwd: vscode(), ...options });

/**
 * VS Code writes its log files through a native module. Where a compiler is there it is built (about 20 s) and a failed test can be
 * looked up in the logs; everything else works without it. The second module only silences an error in the console.
 */
async function buildNativeModules() {
  const gyp = join(
    process.execPath,
    '..',
    '..',
    'lib',
    'node_modules',
    'npm',
    'node_modules',
    'node-gyp',
    'bin',
    'node-gyp.js',
  );
  if (!existsSync(gyp) || !['g++', 'make', 'python3'].every((name) => findProgram([name]))) return;
  const headers = join(dirname(programs.node), '..');
  for (const name of ['spdlog', 'native-watchdog']) {
    const cwd = join(vscode(), 'node_modules', '@vscode', name);
    await run(programs.node, [gyp, 'rebuild', `--nodedir=${headers}`], { cwd, stdio: 'ignore' });
  }
}
