import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { ConcreteDevice } from '../../src/server/engine/devices';
import { driversAmong, isSoftware } from '../../src/server/engine/drivers';
import { type DeviceReport, disagreement, probeDevice } from '../../src/server/engine/probe';
import { chooseDevice, selectEngine } from '../../src/server/engine/select';

const report = (device: ConcreteDevice, speed: number, why = ''): DeviceReport => ({
  device,
  works: speed > 0,
  why,
  speed,
});
const cpu = report('cpu', 100, 'tokens a second: step 100, inference 300');

test('the CPU is the default, and says so only where nobody asked for it', () => {
  assert.equal(chooseDevice(undefined, []).device, 'cpu');
  assert.match(chooseDevice(undefined, []).note!, /auto/);
  assert.deepEqual(chooseDevice('cpu', []), { device: 'cpu' });
});

test('auto takes the fastest device, and nothing slower than the CPU', () => {
  assert.deepEqual(chooseDevice('auto', [cpu, report('webgpu', 300), report('cuda', 900)]), { device: 'cuda' });
  const reports = [cpu, report('cuda', 0, 'not installed'), report('webgpu', 2, '2 G operations/s')];
  assert.deepEqual(chooseDevice('auto', reports), {
    device: 'cpu',
    note: 'cuda: not installed; webgpu: slower than the CPU (2 G operations/s)',
  });
  // CoreML only where it is asked for.
  assert.equal(chooseDevice('auto', [cpu, report('coreml', 900)]).device, 'cpu');
  assert.equal(chooseDevice('coreml', [report('coreml', 900)]).device, 'coreml');
});

test('auto refuses a driver in software by its name, however fast; who asks for it gets it', () => {
  const swift = { ...report('webgpu', 900), drivers: ['SwiftShader'], software: true };
  assert.deepEqual(chooseDevice('auto', [cpu, swift]), {
    device: 'cpu',
    note: 'webgpu: SwiftShader computes on the processor',
  });
  assert.deepEqual(chooseDevice('webgpu', [swift]), { device: 'webgpu' });
});

test('a driver is known by the libraries that were loaded', () => {
  const names = (...files: string[]) => driversAmong(files).map(({ name }) => name);
  assert.deepEqual(names('/lib/libc.so.6', '/opt/libvulkan.so.1'), []);
  assert.deepEqual(names('/usr/lib/libGLX_nvidia.so.0', '/usr/lib/libnvidia-glcore.so.580.159.04'), ['NVIDIA 580.159.04']); // prettier-ignore
  assert.deepEqual(names('/usr/lib/libvulkan_radeon.so'), ['AMD']);
  assert.deepEqual(names('C:\\Windows\\System32\\d3d10warp.dll'), ['WARP (Microsoft Basic Render)']);
  assert.ok(isSoftware(driversAmong(['/usr/lib/libvulkan_lvp.so'])));
  assert.ok(!isSoftware(driversAmong(['/usr/lib/libvulkan_lvp.so', '/usr/lib/libvulkan_intel.so'])));
  assert.ok(!isSoftware([]));
});

test('a device that was asked for is taken if it works, however slow', () => {
  assert.deepEqual(chooseDevice('webgpu', [report('webgpu', 2)]), { device: 'webgpu' });
  const { device, note } = chooseDevice('webgpu', [report('webgpu', 0, 'no supported adapters')]);
  assert.equal(device, 'cpu');
  assert.equal(note, 'webgpu does not work here: no supported adapters');
  assert.match(chooseDevice('directml', []).note!, /ONNX Runtime has none/);
});

test('the CPU passes its own trial', async () => {
  const { report, runs } = await probeDevice('cpu', 1);
  assert.ok(report.works && report.speed > 0, report.why);
  assert.match(report.why, /^tokens a second: step [\d,]+, inference [\d,]+$/);
  // It agrees with itself, and with nothing else.
  assert.equal(disagreement(runs, runs), undefined);
  const wrong = runs.map((run) => ({ ...run, outputs: { ...run.outputs, loss: [3] } }));
  assert.match(disagreement(wrong, runs)!, /wrong numbers \(loss of the step/);
  const none = runs.map((run) => ({ ...run, outputs: { loss: [NaN] } }));
  assert.match(disagreement(none, runs)!, /wrong numbers/);
});

test('a driver that ends or breaks the process is a reason, no crash', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-probe-'));
  const before = process.env.NODE_OPTIONS;
  writeFileSync(join(folder, 'abort.cjs'), 'process.abort();');
  process.env.NODE_OPTIONS = `--require "${join(folder, 'abort.cjs').replaceAll('\\', '\\\\')}"`;
  try {
    const { works, why } = (await probeDevice('cpu', 3)).report;
    assert.ok(!works);
    assert.match(why, /ended the process that tried it/);
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an engine that was selected computes', async () => {
  const elsewhere = process.platform === 'win32' ? 'coreml' : 'directml';
  const engine = await selectEngine({ device: elsewhere });
  assert.equal(engine.device, 'cpu');
  assert.match(engine.note!, new RegExp(`^${elsewhere} does not work here`));
  assert.equal(engine.threads, availableParallelism());
  const compiled = await engine.compile({
    inputs: { x: { dtype: 'float32', shape: ['n'] } },
    variables: 'frozen',
    fn: ({ x }) => ({ y: tf.add(x!, 1) }),
  });
  const { y } = await compiled.run({ x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } });
  assert.deepEqual([...y!.data], [2, 3]);
  await compiled.dispose();
});
