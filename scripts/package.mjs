// `npm run package`: production bundles, then rowlight-VERSION-PLATFORM.vsix for this machine.
//
//   node scripts/package.mjs [--no-build] [--out FILE]
//
// ONNX Runtime's package holds the libraries of five platforms (230 MB); a VSIX carries one, so each platform gets its own.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { at, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { red, say } from './lib/say.mjs';
import { stage } from './lib/stage.mjs';
import { requireDependencies } from './setup.mjs';

process.exitCode = await main();

async function main() {
  const { values } = parseArgs({ options: { 'no-build': { type: 'boolean' }, out: { type: 'string' } } });
  await requireDependencies();
  const target = `${process.platform}-${process.arch}`;
  if (!existsSync(at('node_modules', 'onnxruntime-node', 'bin', 'napi-v6', process.platform, process.arch))) {
    say(red(`onnxruntime-node has no libraries for ${target}: no VSIX can be made here.`));
    return 1;
  }
  if (!values['no-build']) {
    const code = await runNode([at('esbuild.mjs'), '--production'], { cwd: root, stdio: ['ignore', 2, 2] });
    if (code !== 0) return code;
  }
  const { name, version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const out = resolve(values.out ?? at(`${name}-${version}-${target}.vsix`));
  const args = [
    'package',
    '--target',
    target,
    '--out',
    out,
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
  ];
  const vsce = at('node_modules', '@vscode', 'vsce', 'vsce');
  const code = await runNode([vsce, ...args], { cwd: stage(), stdio: ['ignore', 2, 2] });
  if (code !== 0) return code;
  say(`${out}: ${(statSync(out).size / 2 ** 20).toFixed(1)} MiB. Install it with: code --install-extension ${out}`);
  return 0;
}
