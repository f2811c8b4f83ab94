// Debian packages, fetched only as root on Debian: nobody else's system is touched.
import { existsSync, readFileSync } from 'node:fs';
import { run } from './run.mjs';
import { say } from './say.mjs';

/** Whether we may install Debian packages here without asking anyone. Ubuntu's chromium is a snap, so only Debian itself counts. */
export function aptAllowed() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** Whether dpkg has this package. A look at its file list is instant; asking dpkg is not. @param {string} name */
export const hasDebianPackage = (name) =>
  ['', ':amd64', ':arm64'].some((suffix) => existsSync(`/var/lib/dpkg/info/${name}${suffix}.list`));

/**
 * The command that installs these packages, for a person.
 * @param {string[]} names
 */
export const aptCommand = (names) => `sudo apt-get install --no-install-recommends ${names.join(' ')}`;

/**
 * Installs Debian packages. @param {string[]} names @param {string} size what to tell about download and disk
 * @returns {Promise<boolean>} whether they are there now
 */
export async function aptInstall(names, size) {
  say(`Fetching from Debian: ${names.join(', ')} (${size})`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Its dozens of lines about unpacking help nobody; its errors do.
  const options = { env, stdio: ['ignore', 'ignore', 2] };
  await run('apt-get', ['update', '-qq'], options);
  return (await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], options)) === 0;
}
