// Bundles: the extension, the language server, the model host and the command line into dist/; with --tests also every test into dist/test/.
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const tests = process.argv.includes('--tests');
const production = process.argv.includes('--production');

/** Native packages stay in node_modules; `vscode` exists only in the extension host. */
const external = ['vscode', 'onnxruntime-node', 'jieba-wasm', 'zeromq', '@huggingface/tokenizers'];

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  sourcemap: !production,
  minify: production,
  // tfjs names kernels and gradients by string, but keeps class names in error messages.
  keepNames: true,
  external,
  // tfjs-core's ES modules, which its gradients import too: its CommonJS main would be a second copy.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  // import.meta.url has no meaning in a CommonJS bundle.
  define: { 'import.meta.url': '__rowlight_url' },
  banner: { js: "const __rowlight_url=require('node:url').pathToFileURL(__filename).href;" },
  loader: { '.wasm': 'binary' },
};

await build({
  ...common,
  entryPoints: {
    extension: 'src/extension/main.ts',
    server: 'src/server/main.ts',
    'model-host': 'src/server/model-host.ts',
    'metrics-worker': 'src/server/metrics-worker.ts',
    cli: 'src/server/cli.ts',
  },
  outdir: 'dist',
});

/** What runs in webviews, that is, in a browser: a script and a style sheet each. */
await build({
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: production,
  sourcemap: production ? false : 'inline',
  logLevel: 'warning',
  entryPoints: {
    metrics: 'media/metrics/main.ts',
    comparison: 'media/comparison/main.ts',
    'row-card': 'media/row-card/main.ts',
  },
  outdir: 'dist/media',
});

if (tests) {
  const entryPoints = readdirSync('test', { recursive: true })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join('test', path));
  await build({ ...common, entryPoints, outdir: 'dist/test', outbase: 'test' });
}
