// Brings what is missing, says what it fetches and how much, and is instant when nothing is missing.
//
//   npm run setup                     the packages and the workbench for tests
//   npm run setup dependencies        only the packages
//   npm run setup workbench | editor | parity
//
// Plain Node: it runs before there are any packages.
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { setupChromium } from './lib/chromium.mjs';
import { setupCodeServer } from './lib/code-server-install.mjs';
import { setupDependencies } from './lib/dependencies.mjs';
import { setupParity } from './lib/parity.mjs';
import { red, say, yellow } from './lib/say.mjs';

const LEVELS = {
  dependencies: setupDependencies,
  /** code-server in the browser that the user has. */
  editor: setupCodeServer,
  /** What test/e2e needs: code-server, a driver, a Chromium to drive. */
  workbench: async () => {
    const browser = await setupChromium();
    return browser.ready ? setupCodeServer() : browser;
  },
  /** What test/parity needs: a Python environment. */
  parity: setupParity,
};

/**
 * Brings one level; says nothing when it is there already.
 * @param {keyof typeof LEVELS} level
 * @returns {Promise<import('./lib/level.mjs').Level>} ready, or the reason why not and the command that would bring it
 */
export const setup = (level) => LEVELS[level]();

/** Brings the npm packages or ends the process with one line: without them no other script can do anything. */
export async function requireDependencies() {
  const level = await setup('dependencies');
  if (level.ready) return;
  say(red(`Set-up failed: ${level.reason}. Try: ${level.command}`));
  process.exit(1);
}

async function main(names) {
  const unknown = names.find((name) => !(name in LEVELS));
  if (unknown) {
    say(`No such level: ${unknown}. There are: ${Object.keys(LEVELS).join(', ')}.`);
    return 2;
  }
  let code = 0;
  for (const name of names.length ? names : ['dependencies', 'workbench']) {
    const level = await setup(name);
    if (level.ready) say(`${name}: ready`);
    else {
      say(yellow(`${name}: not there, ${level.reason}. Brings it: ${level.command}`));
      // Asked for by name, its absence is a failure; in the default set the workbench is a bonus.
      if (names.length || name === 'dependencies') code = 1;
    }
  }
  return code;
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) process.exitCode = await main(argv.slice(2));
