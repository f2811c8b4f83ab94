// `npm run package`: production bundles, then rowlight-VERSION-PLATFORM.vsix for this machine.
//
//   node scripts/package.mjs [--no-build] [--out FILE]
//
// ONNX Runtime's package holds the libraries of five platforms (230 MB); a VSIX carries one, so each platform gets its own.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { at, cacheFolder, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { red, say } from './lib/say.mjs';
import { requireDependencies } from './setup.mjs';

process.exitCode = await main();

async function main() {
  const { values } = parseArgs({ options: { 'no-build': { type: 'boolean' }, out: { type: 'string' } } });
  await requireDependencies();
  const natives = `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}`;
  if (!existsSync(at(natives))) {
    say(red(`onnxruntime-node has no libraries for ${process.platform} ${process.arch}: no VSIX can be made here.`));
    return 1;
  }
  if (!values['no-build']) {
    const code = await runNode([at('esbuild.mjs'), '--production'], { cwd: root, stdio: ['ignore', 2, 2] });
    if (code !== 0) return code;
  }
  const { name, version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const target = `${process.platform}-${process.arch}`;
  const out = values.out ?? at(`${name}-${version}-${target}.vsix`);
  const code = await vsce(['package', '--target', target, '--ignoreFile', ignoreFile(natives), '--out', out]);
  if (code !== 0) return code;
  say(`${out}: ${(statSync(out).size / 2 ** 20).toFixed(1)} MiB. Install it with: code --install-extension ${out}`);
  return 0;
}

/** The project's .vscodeignore and the native libraries of this platform. Its patterns decide, so the copy may lie anywhere. */
function ignoreFile(natives) {
  // The macOS package holds the same library under two names; the binding asks for the short one.
  const files = process.platform === 'darwin' ? ['*.node', 'libonnxruntime.1.dylib'] : ['*'];
  const lines = files.map((file) => `!${natives}/${file}\n`);
  mkdirSync(cacheFolder, { recursive: true });
  const path = join(cacheFolder, 'vscodeignore');
  writeFileSync(path, readFileSync(at('.vscodeignore'), 'utf8') + lines.join(''));
  return path;
}

/** vsce reads the production packages from `npm list`; that is what makes it look into node_modules at all. */
function vsce(args) {
  const program = at('node_modules', '@vscode', 'vsce', 'vsce');
  return runNode([program, ...args, '--allow-missing-repository'], { cwd: root, stdio: ['ignore', 2, 2] });
}
