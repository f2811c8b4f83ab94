// `npm run package`: production bundles, then a VSIX for this machine, for another platform, or for all of them.
//
//   node scripts/package.mjs [--target NAME | --target all] [--out FOLDER] [--no-build]
//
// ONNX Runtime's package holds the libraries of five platforms (230 MB); a VSIX carries one, so each platform gets its own. All of them can be
// made on one machine; make those to be published on Linux or macOS, since a VSIX made on Windows loses the files' modes. Beside each VSIX lies
// its SHA-256 (`sha256sum -c` reads it), and beside all of them THIRD-PARTY-NOTICES.txt.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { at, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { red, say } from './lib/say.mjs';
import { stage, TARGETS } from './lib/stage.mjs';
import { requireDependencies } from './setup.mjs';

const NOTICES = 'THIRD-PARTY-NOTICES.txt';

process.exitCode = await main();

async function main() {
  const { values } = parseArgs({
    options: { target: { type: 'string' }, out: { type: 'string' }, 'no-build': { type: 'boolean' } },
  });
  const here = `${process.platform}-${process.arch}`;
  const targets = values.target === 'all' ? TARGETS : [values.target ?? here];
  const unknown = targets.find((target) => !TARGETS.includes(target));
  if (unknown !== undefined) {
    say(red(`ONNX Runtime has no libraries for ${unknown}. There are: ${TARGETS.join(', ')}, or all of them: all.`));
    return 2;
  }
  await requireDependencies();
  if (!values['no-build']) {
    const code = await runNode([at('esbuild.mjs'), '--production'], { cwd: root, stdio: ['ignore', 2, 2] });
    if (code !== 0) return code;
  }
  const folder = resolve(values.out ?? at('packages'));
  mkdirSync(folder, { recursive: true });
  copyFileSync(at(NOTICES), join(folder, NOTICES));
  for (const target of targets) {
    const code = await make(target, folder);
    if (code !== 0) return code;
  }
  if (targets.includes(here)) say(`Install it with: code --install-extension ${join(folder, nameOf(here))}`);
  return 0;
}

/** Makes the VSIX of one platform and writes its SHA-256 beside it. */
async function make(target, folder) {
  const out = join(folder, nameOf(target));
  const vsce = at('node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--target', target, '--out', out, '--allow-missing-repository', '--no-rewrite-relative-links'];
  const code = await runNode([vsce, 'package', ...options], { cwd: stage(target), stdio: ['ignore', 2, 2] });
  if (code !== 0) return code;
  const bytes = readFileSync(out);
  writeFileSync(`${out}.sha256`, `${createHash('sha256').update(bytes).digest('hex')}  ${nameOf(target)}\n`);
  say(`${out}: ${(bytes.length / 2 ** 20).toFixed(1)} MiB`);
  return 0;
}

function nameOf(target) {
  const { name, version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  return `${name}-${version}-${target}.vsix`;
}
