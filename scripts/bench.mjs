// `node scripts/bench.mjs NAME [arguments]`: bundles scripts/bench/NAME.ts and runs it. The head of each file says what it measures.
import { build } from 'esbuild';
import { mkdirSync } from 'node:fs';
import { at, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';

const [name, ...args] = process.argv.slice(2);
mkdirSync(at('dist/bench'), { recursive: true });
const outfile = at('dist/bench', `${name}.mjs`);
await build({
  entryPoints: [at('scripts/bench', `${name}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  keepNames: true,
  external: ['onnxruntime-node'],
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});
process.exitCode = await runNode([outfile, ...args], { cwd: root });
