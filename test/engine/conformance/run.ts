import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type * as esbuild from 'esbuild';
import { endWithTests } from '../../support/children';
import type { Report } from './jasmine-side';
import { TFJS } from './spec-files';

/** Runs spec files of tfjs-core in `processes` processes side by side. */
export async function runSpecFiles(files: readonly string[], processes: number): Promise<Report> {
  const shares = Array.from({ length: processes }, (_, i) => files.filter((_, file) => file % processes === i));
  const reports = await Promise.all(shares.map(async (share, i) => runBundle(await bundle(share, i))));
  return {
    specs: reports.flatMap(({ specs }) => specs),
    kernels: reports.flatMap(({ kernels }) => kernels),
  };
}

/** esbuild can't be part of a bundle, and this file is part of one. */
const { build } = createRequire(resolve('package.json'))('esbuild') as typeof esbuild;

async function bundle(files: readonly string[], index: number): Promise<string> {
  const outfile = resolve('.cache', 'test', `conformance-${index}.cjs`);
  const define = files.map(
    (file) =>
      `defineSpecs(${JSON.stringify(file)}, () => require(${JSON.stringify(`./${join(TFJS, file).replaceAll('\\', '/')}`)}));`,
  );
  await build({
    stdin: {
      contents: [
        "import { defineSpecs, runSpecs } from './test/engine/conformance/jasmine-side';",
        ...define,
        'runSpecs();',
      ].join('\n'),
      resolveDir: process.cwd(),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    keepNames: true,
    // The tests are ES modules; the backend must see the same copy of tfjs-core.
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node', 'jasmine-core'],
    logLevel: 'error',
    plugins: [{ name: 'jasmine', setup: replaceJasmineOfTfjs }],
  });
  return outfile;
}

/** tfjs-core's `jasmine_util` boots a jasmine of its own by a path that later versions do not export. Ours is booted already. */
function replaceJasmineOfTfjs({ onResolve, onLoad }: esbuild.PluginBuild): void {
  onResolve({ filter: /^jasmine-core\/lib\// }, () => ({ path: 'jasmine', namespace: 'stub' }));
  onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: 'module.exports = { core: () => ({}) };' }));
}

/** A process of its own: a native abort must not look like a passed test. */
function runBundle(file: string): Promise<Report> {
  return new Promise((done, fail) => {
    const child = endWithTests(fork(file, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] }));
    let report: Report | undefined;
    child.on('message', (message) => (report = message as Report));
    child.on('error', fail);
    child.on('exit', (code, signal) => {
      if (report !== undefined) done(report);
      else fail(new Error(`The conformance process ended with ${signal ?? `code ${code}`} before it reported.`));
    });
  });
}
