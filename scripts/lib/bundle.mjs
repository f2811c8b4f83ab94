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
    external: ['jieba-wasm', 'autocannon'],
    plugins: [onnxRuntime],
    // What CommonJS has and the bundled code uses.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;",
    },
    logLevel: 'warning',
  });
  return runNode([outfile, ...args], { cwd: root });
}

/**
 * onnxruntime-node stays outside the bundle and is loaded where the code reaches it, as in the product's bundles: an `import` of an ES module would be
 * loaded before anything else runs, and what must come first (its telemetry is switched off, another copy of it is chosen) would come too late.
 * @type {import('esbuild').Plugin}
 */
const onnxRuntime = {
  name: 'onnxruntime-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^onnxruntime-node$/ }, ({ kind }) =>
      kind === 'require-call'
        ? { path: 'onnxruntime-node', external: true }
        : { path: 'it', namespace: 'onnxruntime-node' },
    );
    onLoad({ filter: /.*/, namespace: 'onnxruntime-node' }, () => ({
      contents: "module.exports = require('onnxruntime-node');",
      resolveDir: root,
    }));
  },
};
