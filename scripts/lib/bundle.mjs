// TypeScript of the scripts folder, bundled and run.
import { build } from 'esbuild';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { at, root } from './paths.mjs';
import { runNode } from './run.mjs';

/** Bundles a TypeScript file and runs it from the repository root; answers its exit code. @param {string} file @param {string[]} args */
export async function runTypeScript(file, args) {
  const folder = at('dist', 'scripts');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(file, '.ts')}.mjs`);
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    keepNames: true,
    external: ['onnxruntime-node', 'autocannon'],
    // What CommonJS has and the bundled code uses.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;",
    },
    logLevel: 'warning',
  });
  return runNode([outfile, ...args], { cwd: root });
}
