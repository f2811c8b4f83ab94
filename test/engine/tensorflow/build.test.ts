/** The build of the engine where something goes wrong: one line, and nothing half-built. The whole build runs before test/tensorflow. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { type BuildParts, buildTensorflow } from '../../../scripts/tensorflow/build';
import { findCompiler } from '../../../scripts/tensorflow/compile';
import { wheelFor } from '../../../scripts/tensorflow/wheels';
import { tensorflowFolder } from '../../../src/server/engine/tensorflow/find-binding';
import { RowlightError } from '../../../src/server/errors';
import { type PackageIndex, makeWheel, startIndex } from '../../support/package-index';

const wheel = makeWheel('tensorflow-cpu', '2.21.0', { 'libtensorflow_cc.so.2': Buffer.from('no library') });
let index: PackageIndex;
let cache: string;
before(async () => (index = await startIndex([wheel])));
after(() => index.close());
beforeEach(() => (cache = mkdtempSync(join(tmpdir(), 'rowlight-test-'))));
afterEach(() => {
  delete index.tamper;
  rmSync(cache, { recursive: true });
});

const parts = (more: Partial<BuildParts> = {}): BuildParts => ({
  wheel: wheel.pinned,
  folder: tensorflowFolder(cache),
  compiler: process.execPath,
  sources: () => Promise.resolve({ binding: cache, headers: cache }),
  index: index.address,
  fetch,
  signal: new AbortController().signal,
  pause: () => 0,
  say: () => undefined,
  onProgress: () => undefined,
  onBroken: () => undefined,
  ...more,
});

const fails = async (more: Partial<BuildParts>, reason: RowlightError['reason'], line: RegExp) => {
  await assert.rejects(buildTensorflow(parts(more)), (error) => {
    assert.ok(RowlightError.is(error, reason), String(error));
    assert.match(error.message, line);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  assert.ok(!existsSync(tensorflowFolder(cache)), 'nothing that could be loaded');
  assert.ok(!existsSync(`${tensorflowFolder(cache)}-part`), 'no half');
};

test('a corrupted download is refused and forgotten', async () => {
  index.tamper = (content) => Buffer.concat([content.subarray(0, -1), Buffer.of(content.at(-1)! ^ 1)]);
  await fails({}, 'bad-data', /checksum differs/);
  assert.deepEqual(readdirSync(join(cache, 'tensorflow-downloads')), []);
});

test('a wheel of another version from this machine is refused', async () => {
  await fails({ from: process.execPath }, 'bad-data', /not tensorflow_cpu-2\.21\.0.*bytes in the place of/);
});

test('an index that has no such wheel, or that nobody answers', async () => {
  await fails({ index: `${index.address}/nowhere` }, 'not-found', /the index answers 404/);
  await fails({ index: 'http://127.0.0.1:9/simple' }, 'not-found', /can't be reached/);
});

test('a compiler that fails is named with its first error, and the wheel is kept for the next try', async () => {
  await fails({}, 'bad-data', /can't build the binding/);
  assert.deepEqual(readdirSync(join(cache, 'tensorflow-downloads')), [wheel.pinned.file]);
});

test('without a compiler one line says what to install', () => {
  const { PATH, CXX } = process.env;
  process.env['PATH'] = cache;
  delete process.env['CXX'];
  try {
    assert.throws(findCompiler, /a C\+\+ compiler is missing .*apt-get install g\+\+/);
  } finally {
    process.env['PATH'] = PATH;
    if (CXX !== undefined) process.env['CXX'] = CXX;
  }
});

test('there is a wheel for Linux, with and without CUDA, and a line for others', () => {
  assert.match(wheelFor('linux-x64', false).file, /^tensorflow_cpu-2\.21\.0-.*x86_64\.whl$/);
  assert.match(wheelFor('linux-x64', true).file, /^tensorflow-2\.21\.0-.*x86_64\.whl$/);
  assert.match(wheelFor('linux-arm64', false).file, /aarch64/);
  assert.throws(() => wheelFor('win32-x64', false), /not on win32-x64/);
  assert.throws(() => wheelFor('linux-arm64', true), RowlightError);
});
