// The browser of the workbench tests: the system's Chromium or Chrome, or the one that CHROMIUM names.
import { existsSync } from 'node:fs';
import { aptAllowed, aptCommand, aptInstall, hasDebianPackage } from './apt.mjs';
import { missing, ready } from './level.mjs';
import { findProgram } from './run.mjs';
import { say } from './say.mjs';

/** The smallest Debian font with Chinese, 1.6 MB (fonts-noto-cjk has 57): without one, screenshots show boxes. */
const FONT = 'fonts-wqy-microhei';
const CHINESE_FONTS = [FONT, 'fonts-wqy-zenhei', 'fonts-noto-cjk'];

/** The browser to use, or undefined. `CHROMIUM` (a path) wins over what is on the path. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  return findProgram(['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser']);
}

/** @returns {Promise<import('./level.mjs').Level>} */
export async function setupChromium() {
  if (process.env.CHROMIUM && !findChromium()) {
    return missing(`CHROMIUM names ${process.env.CHROMIUM}, which does not exist`, 'unset CHROMIUM');
  }
  const packages = [];
  if (!findChromium()) packages.push('chromium');
  if (aptAllowed() && !CHINESE_FONTS.some(hasDebianPackage)) packages.push(FONT);
  if (packages.length === 0) return ready;
  if (aptAllowed()) {
    const size = packages.includes('chromium') ? 'about 115 MB; 420 MB on disk' : '1.6 MB; 5 MB on disk';
    const installed = await aptInstall(packages, size);
    if (!installed && findChromium()) say('The Chinese font could not be fetched: screenshots will show boxes.');
  }
  return findChromium() ? ready : missing('no Chromium or Chrome was found', aptCommand(['chromium', FONT]));
}
