/** ONNX Runtime from the user's cache in the place of the package's own, with what must be opened before it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { OLDEST_DRIVER, PACKAGES } from '../../src/server/cuda/packages';
import { driverProblem } from '../../src/server/cuda/driver';
import { emit } from '../../src/server/engine/onnx/emit';
import { cudaLoad, loadCuda, nativeFolder } from '../../src/server/engine/onnx/load-cuda';
import { encodeModel } from '../../src/server/engine/onnx/proto';
import { type Value, record } from '../../src/server/engine/onnx/value';
import { selectEngine } from '../../src/server/engine/select';
import { setEnvironment } from '../support/environment';
import { temporaryFolder } from '../support/tiny-run';

const skip =
  process.platform === 'linux' && process.arch === 'x64' ? false : 'onnxruntime-node has CUDA on Linux x64 only';

describe('a copy of ONNX Runtime with a provider', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-runtime-'));
  for (const file of readdirSync(nativeFolder())) copyFileSync(join(nativeFolder(), file), join(folder, file));
  const model = join(folder, 'model.onnx');
  const x: Value = { type: 'float32', shape: [2], source: { kind: 'input', name: 'x' } };
  writeFileSync(model, encodeModel(emit({ y: record('Add', [x, x], x) }, { x }, { primes: new Map() }).graph));
  after(() => rmSync(folder, { recursive: true }));

  /** Loads the copy in a process of its own, tries CUDA, then the CPU; answers what it printed. */
  function load(...libraries: string[]) {
    const program = `
      process.env.ORT_DISABLE_TELEMETRY = '1';
      const fs = require('node:fs');
      const load = ${JSON.stringify(cudaLoad({ folder, libraries }))};
      (${loadCuda.toString()})(load, require);
      (${loadCuda.toString()})(load, require);
      const ort = require('onnxruntime-node');
      const open = fs.readFileSync('/proc/self/maps', 'utf8');
      const opened = [...new Set(open.match(/\\/\\S+\\.(so|node)\\S*/g))];
      const model = fs.readFileSync(${JSON.stringify(model)});
      const settings = (provider) => ({ executionProviders: [provider], logSeverityLevel: 4 });
      ort.InferenceSession.create(model, settings('cuda')).then(
        () => ({ cuda: '' }),
        ({ message }) => ({ cuda: message }),
      ).then(async (answer) => {
        const session = await ort.InferenceSession.create(model, settings('cpu'));
        console.log(JSON.stringify({ ...answer, opened, inputs: session.inputNames }));
      });`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    return { ...(stdout && (JSON.parse(stdout) as { cuda: string; opened: string[]; inputs: string[] })), stderr };
  }

  test("is what the process computes with, after the libraries were opened; the package's own is not opened", () => {
    const { cuda, opened = [], inputs, stderr } = load('libm.so.6');
    assert.deepEqual(inputs, ['x'], stderr);
    assert.ok(opened.includes(join(folder, 'libonnxruntime.so.1')), opened.join());
    assert.ok(!opened.some((path) => path.startsWith(nativeFolder())), opened.join());
    assert.match(cuda ?? '', /Failed to load shared library/);
  });

  test('survives a provider that is no library: CUDA fails, the CPU computes', () => {
    for (const part of ['shared', 'cuda'])
      writeFileSync(join(folder, `libonnxruntime_providers_${part}.so`), 'nothing');
    const { cuda, inputs, stderr } = load();
    assert.deepEqual(inputs, ['x'], stderr);
    assert.match(cuda ?? '', /Failed to load shared library/);
  });

  test('a library that is missing is named, and so is a missing driver', () => {
    assert.match(
      load('libnothing.so.13').stderr,
      /Error: libnothing\.so\.13 can't be loaded: .*cannot open shared object/,
    );
    assert.match(load('/nowhere/libcuda.so.1').stderr, /Error: NVIDIA's driver is not installed \(/);
  });
});

test(
  'a set-up that is whole but can not be loaded is no device: the reason is told and the CPU computes',
  { skip },
  async (t) => {
    const cache = temporaryFolder(t);
    const place = join(cache, 'cuda', `onnxruntime-${PACKAGES.onnxruntime}`);
    mkdirSync(place, { recursive: true });
    for (const file of readdirSync(nativeFolder())) copyFileSync(join(nativeFolder(), file), join(place, file));
    const libraries = PACKAGES.packages.flatMap((wanted) => Object.keys(wanted.libraries));
    for (const library of libraries) writeFileSync(join(place, library), 'nothing');
    const files = Object.fromEntries(readdirSync(place).map((name) => [name, statSync(join(place, name)).size]));
    writeFileSync(join(place, 'cuda.json'), JSON.stringify({ onnxruntime: PACKAGES.onnxruntime, files }));
    setEnvironment(t, { ROWLIGHT_CACHE: cache });
    const { device, note } = await selectEngine({ device: 'cuda', threads: 1 });
    assert.equal(device, 'cpu');
    // Where the machine has a driver, what comes after it is what fails.
    assert.match(
      note!,
      /^cuda does not work here: (NVIDIA's driver is not installed \(|.*libcudart\.so\.13 can't be loaded: )/,
    );
  },
);

test('what is pinned is for the ONNX Runtime that is installed', () => {
  const file = join(nativeFolder(), '../../../../package.json');
  assert.equal(PACKAGES.onnxruntime, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version);
  assert.deepEqual(Object.keys(PACKAGES.packages[0]!.libraries).sort(), [
    'libonnxruntime_providers_cuda.so',
    'libonnxruntime_providers_shared.so',
  ]);
  assert.ok(PACKAGES.packages.every(({ sha256, size }) => /^[0-9a-f]{64}$/.test(sha256) && size > 1e6));
});

test('a driver that is too old for CUDA 13 is told, whichever of the two kernel modules it has', () => {
  const closed = (version: string) =>
    `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  Thu Jul 17\nGCC version: 12`;
  const open = (version: string) =>
    `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  ${version}  Release Build\n`;
  for (const text of [closed('580.65.06'), open('590.10'), 'something else'])
    assert.equal(driverProblem(text), undefined);
  for (const text of [closed('570.133.20'), open('570.133.20')])
    assert.match(driverProblem(text)!, new RegExp(`driver is version 570\\.133\\.20; .* ${OLDEST_DRIVER} or newer`));
  assert.match(driverProblem(undefined)!, /no NVIDIA driver/);
});
