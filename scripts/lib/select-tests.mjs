// Which test files run: found in test/, so that a bundle left over from a deleted test never runs.
import { readdirSync } from 'node:fs';
import { at } from './paths.mjs';

/**
 * @typedef {object} Selection
 * @property {string[]} plain everything that needs nothing but Node
 * @property {string[]} e2e the workbench tests
 * @property {string[]} parity the tests against torch and transformers: they run only when a word asks for them
 * @property {string[]} tensorflow the tests of the engine on libtensorflow: likewise
 */

/**
 * The tests whose path contains every word (`unit tokenizer`), by what they need. Paths are relative to test/ with forward slashes.
 * @param {string[]} files @param {string[]} words
 * @returns {Selection}
 */
export function select(files, words) {
  const chosen = files.filter((file) => words.every((word) => file.includes(word.replace(/^test\//, ''))));
  const inFolder = (folder) => chosen.filter((file) => file.startsWith(`${folder}/`));
  return {
    plain: chosen.filter((file) => !/^(e2e|parity|tensorflow)\//.test(file)),
    e2e: inFolder('e2e'),
    parity: words.some((word) => word.includes('parity')) ? inFolder('parity') : [],
    tensorflow: words.some((word) => word.includes('tensorflow')) ? inFolder('tensorflow') : [],
  };
}

/** All test files below test/, sorted. */
export function testFiles() {
  return readdirSync(at('test'), { recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.test.ts'))
    .sort();
}

/**
 * Those of the bundles in which tests failed, by what is told of them; all of them where that names none.
 * @param {string[]} files bundles @param {import('./node-test.mjs').Note[]} notes
 */
export function failedFiles(files, notes) {
  const stem = (path) => path.replaceAll('\\', '/').replace(/\.(ts|cjs)$/, '');
  const told = notes
    .filter(({ failed }) => failed !== undefined)
    .flatMap(({ name, file = name }) => [stem(file), stem(name)]);
  const inFile = (bundle) => {
    const path = stem(bundle).split('/dist/').at(-1);
    return told.some((one) => one.endsWith(`/${path}`) || one === path);
  };
  const failed = files.filter(inFile);
  return failed.length > 0 ? failed : files;
}

/** The bundles that esbuild.mjs wrote for these files. @param {string[]} files */
export const bundles = (files) => files.map((file) => at('dist', 'test', ...file.replace(/\.ts$/, '.cjs').split('/')));
