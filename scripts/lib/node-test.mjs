// Runs bundles under `node --test` and collects what was skipped, what failed, and why.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { at, cacheFolder, root } from './paths.mjs';
import { runNode } from './run.mjs';

/**
 * How long a file of tests may take; what runs alone may take longer. A hung child process or browser must not hold up a build machine for ever: what
 * hangs is tried again, so that these limits count twice or three times. The slowest files take a minute on two cores. Long tests have no limit.
 */
const LIMIT_MS = 8 * 60_000;
const LIMIT_ALONE_MS = 10 * 60_000;

/**
 * What is told of a test at the end: why it was skipped, or what it failed with and in which file, a bundle or, by its source map, what was bundled.
 * @typedef {{ name: string, skipped?: string, failed?: string, file?: string }} Note
 */

/**
 * @param {string} name of the group, for a scratch file
 * @param {string[]} files bundles; given one by one, since `node --test` takes patterns only from Node 21 on
 * @param {{ serial?: boolean, env?: Record<string, string> }} options
 * @returns {Promise<{ passed: boolean, notes: Note[] }>}
 */
export async function runTests(name, files, { serial = false, env = {} }) {
  const notes = join(cacheFolder, 'test', `notes-${name}.jsonl`);
  mkdirSync(join(cacheFolder, 'test'), { recursive: true });
  rmSync(notes, { force: true });
  const code = await runNode(
    [
      '--enable-source-maps',
      '--import',
      pathToFileURL(at('scripts', 'lib', 'property-seed.mjs')).href,
      '--test',
      `--test-concurrency=${serial ? 1 : Math.min(4, availableParallelism())}`,
      ...(process.env.ROWLIGHT_LONG ? [] : [`--test-timeout=${serial ? LIMIT_ALONE_MS : LIMIT_MS}`]),
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${pathToFileURL(at('scripts', 'lib', 'notes-reporter.mjs')).href}`,
      `--test-reporter-destination=${notes}`,
      ...files,
    ],
    // Some tests load ONNX Runtime themselves; see src/server/engine/onnx/no-telemetry.ts.
    { cwd: root, env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', ...env } },
  );
  return { passed: code === 0, notes: readNotes(notes) };
}

/** @returns {Note[]} */
function readNotes(path) {
  const lines = readFileSync(path, { encoding: 'utf8', flag: 'a+' }).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}
