import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The repository root: `node --test` is always started there. */
export const root = process.cwd();

/**
 * For the `skip` option of a workbench test: false where code-server and a Chromium are here, else the reason with the command that
 * brings them.
 */
export function workbenchMissing(): string | false {
  if (!existsSync(join(root, '.e2e', 'versions.json'))) return 'code-server is not installed: npm run setup workbench';
  if (!findChromium()) return 'no Chromium or Chrome was found: npm run setup workbench';
  return false;
}

/** The browser: `CHROMIUM` where it is set, else the first known name on the path (the same rule as scripts/lib/chromium.mjs). */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named) return existsSync(named) ? named : undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}
