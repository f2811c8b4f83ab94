// `npm test`: brings what is missing, builds, checks, runs every test but the parity tests.
//
//   node scripts/test.mjs                    everything
//   node scripts/test.mjs unit tokenizer     only tests whose path contains every word; no checks
//   node scripts/test.mjs parity             against torch and transformers, in a Python environment of its own
//   node scripts/test.mjs tensorflow         the engine on libtensorflow, which is built first; no word, no such test
//   node scripts/test.mjs --long kill        the long version of tests that have one (ROWLIGHT_LONG=1)
//
// ROWLIGHT_DATA (a folder of data that the project may not carry) is passed on; tests that want it skip without it.
import { basename } from 'node:path';
import { check } from './check.mjs';
import { at, root } from './lib/paths.mjs';
import { parityPython } from './lib/parity.mjs';
import { runTests } from './lib/node-test.mjs';
import { runNode } from './lib/run.mjs';
import { bold, duration, green, red, say, yellow } from './lib/say.mjs';
import { bundles, failedFiles, select, testFiles } from './lib/select-tests.mjs';
import { requireDependencies, setup } from './setup.mjs';

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (process.argv.includes('--long')) process.env.ROWLIGHT_LONG = '1';

/** How often a suite of the workbench is tried. */
const TRIES = 3;
/** At most so many files of tests that failed are run once more. */
const ONCE_MORE = 3;
/** So many failures are told at the end. */
const TOLD = 8;

/** What the closing lines say: every step that ran, what was skipped, what failed with what, which suites needed another try. */
const steps = [];
const skipped = [];
const failures = [];
const again = [];
process.exitCode = await main();

async function main() {
  await requireDependencies();
  const chosen = select(testFiles(), words);
  if (!(await prepare(chosen))) return close();
  if (words.length === 0) {
    await step('checks', async () => {
      const failed = await check();
      return failed.length ? failed.join(', ') : undefined;
    });
  }
  const plain = bundles(chosen.plain);
  if (plain.length + chosen.e2e.length + chosen.parity.length + chosen.tensorflow.length === 0) {
    say(red(`No test's path contains ${words.map((word) => `"${word}"`).join(' and ')}.`));
    return 1;
  }
  await group('tests', plain, {});
  await group('parity', bundles(chosen.parity), { serial: true, env: { ROWLIGHT_PARITY_PYTHON: parityPython } });
  await group('tensorflow', bundles(chosen.tensorflow), { serial: true });
  await workbench(bundles(chosen.e2e));
  return close();
}

/** What the chosen tests need. A missing workbench is no failure: its tests are skipped; a missing Python is one, since it was asked for. */
async function prepare(chosen) {
  if (chosen.e2e.length) {
    const level = await setup('workbench');
    if (!level.ready) skipped.push(`all workbench tests (test/e2e): ${level.reason}. Brings it: ${level.command}`);
  }
  if (chosen.parity.length) {
    const fine = await step('parity environment', async () => {
      const level = await setup('parity');
      return level.ready ? undefined : `${level.reason}. Brings it: ${level.command}`;
    });
    if (!fine) return false;
  }
  if (chosen.tensorflow.length) {
    const fine = await step('engine tensorflow', async () => {
      const code = await runNode([at('scripts', 'engine-tensorflow.mjs')], { cwd: root, stdio: ['ignore', 2, 2] });
      return code === 0 ? undefined : 'it could not be built (see above)';
    });
    if (!fine) return false;
  }
  return step('build', async () => {
    const code = await runNode([at('esbuild.mjs'), '--tests'], { cwd: root, stdio: ['ignore', 2, 2] });
    return code === 0 ? undefined : `esbuild.mjs ended with code ${code}`;
  });
}

/** Runs one step. @param {string} name @param {() => Promise<string | undefined>} action answers what went wrong */
async function step(name, action) {
  const start = Date.now();
  const problem = await action();
  steps.push({ name, problem, ms: Date.now() - start });
  return problem === undefined;
}

/**
 * Runs test files. So few that fail are run once more, by themselves: tests of real processes meet a busy machine, too. As with the suites of the workbench,
 * the closing lines name them with what went wrong.
 */
async function group(name, files, options) {
  if (files.length === 0) return;
  say(bold(`\n${name}: ${files.length} ${files.length === 1 ? 'file' : 'files'}`));
  await step(name, async () => {
    const first = await runTests(name, files, options);
    keep(first.notes, name);
    if (first.passed) return undefined;
    const failed = failedFiles(files, first.notes);
    if (failed.length > ONCE_MORE) return 'see above';
    say(yellow(`\n${name}: once more, by themselves: ${failed.map((file) => basename(file)).join(', ')}`));
    const second = await runTests(`${name}-again`, failed, { ...options, serial: true });
    keep(second.notes, `${name}, try 2`);
    if (!second.passed) return 'see above';
    for (const file of failed) again.push(`${basename(file)} passed at try 2 of 2`);
    return undefined;
  });
}

/** Takes over what is told of tests. @param {import('./lib/node-test.mjs').Note[]} notes @param {string} where group, or suite and try */
function keep(notes, where) {
  for (const { name, skipped: reason, failed } of notes) {
    if (reason !== undefined) skipped.push(`${name}: ${reason}`);
    if (failed !== undefined) failures.push(`${where}: ${name}\n         ${failed}`);
  }
}

/**
 * Suites of the workbench, one by one. One that fails is tried again: on a busy machine a browser loses a key or a frame now and then. What needed
 * another try is named at the end with what went wrong, so that nobody takes it for nothing.
 */
async function workbench(files) {
  if (files.length === 0) return;
  say(bold(`\ne2e: ${files.length} ${files.length === 1 ? 'file' : 'files'}`));
  await step('e2e', async () => {
    const failed = [];
    for (const file of files) {
      const name = basename(file, '.test.cjs');
      const tries = await tryUntilPassed(name, file);
      if (tries === undefined) failed.push(name);
      else if (tries > 1) again.push(`${name} passed at try ${tries} of ${TRIES}`);
    }
    return failed.length ? `${failed.join(', ')}: see above` : undefined;
  });
}

/** @returns {Promise<number | undefined>} how many tries it took; undefined where all of them failed */
async function tryUntilPassed(name, file) {
  for (let number = 1; number <= TRIES; number++) {
    if (number > 1) say(yellow(`\n${name}: try ${number} of ${TRIES}`));
    const { passed, notes } = await runTests('e2e', [file], { serial: true });
    keep(
      passed || number === TRIES ? notes : notes.filter(({ failed }) => failed !== undefined),
      `${name}, try ${number}`,
    );
    if (passed) return number;
  }
  return undefined;
}

function close() {
  say('');
  for (const line of skipped) say(yellow(`SKIPPED  ${line}`));
  // Last: where a build machine shows only the end of all this, it is the failures that are wanted.
  if (failures.length > TOLD) say(red(`The first ${TOLD} of ${failures.length} failures:`));
  for (const line of failures.slice(0, TOLD)) say(red(`FAIL     ${line}`));
  for (const line of again) say(yellow(`AGAIN    ${line}`));
  for (const { name, problem, ms } of steps) {
    say(
      problem === undefined
        ? green(`ok       ${name}, ${duration(ms)}`)
        : red(`FAILED   ${name}, ${duration(ms)}: ${problem}`),
    );
  }
  return steps.some(({ problem }) => problem !== undefined) ? 1 : 0;
}
