/** Devices on a machine without a GPU: no driver, a driver in software, verdicts that are kept. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readDeviceVerdict } from '../../src/server/engine/device-verdicts';
import { probeDevice } from '../../src/server/engine/probe';
import { chooseDevice, probeDevices, selectEngine } from '../../src/server/engine/select';
import { setEnvironment } from '../support/environment';
import { softwareVulkan } from './support/vulkan';

const vulkan = softwareVulkan();
const skip = vulkan === undefined && 'no Vulkan driver: `npm run setup -- workbench` brings Chromium, which has one in software'; // prettier-ignore

/** A cache of its own for a test. */
function ownCache(t: TestContext, more: Record<string, string> = {}): string {
  const cache = mkdtempSync(join(tmpdir(), 'rowlight-devices-'));
  t.after(() => rmSync(cache, { recursive: true, force: true }));
  setEnvironment(t, { ROWLIGHT_CACHE: cache, ...more });
  return cache;
}

test('without a driver WebGPU is refused in one line', { skip: process.platform !== 'linux' }, async (t) => {
  ownCache(t, { ...vulkan, VK_DRIVER_FILES: '/nowhere.json', VK_ICD_FILENAMES: '/nowhere.json' });
  const engine = await selectEngine({ device: 'webgpu', threads: 2 });
  assert.equal(engine.device, 'cpu');
  assert.match(engine.note!, /^webgpu does not work here: Failed to get a WebGPU adapter[^\n]*$/);
});

test('a driver in software passes the trial, and auto leaves it', { skip }, async (t) => {
  ownCache(t, vulkan);
  const reports = await probeDevices(1);
  const webgpu = reports.find(({ device }) => device === 'webgpu')!;
  assert.ok(webgpu.works, webgpu.why);
  assert.deepEqual([webgpu.drivers, webgpu.software], [['SwiftShader'], true]);
  const { device, note } = chooseDevice('auto', reports);
  assert.equal(device, 'cpu');
  assert.match(note!, /webgpu: SwiftShader computes on the processor/);
});

test('a verdict holds until the driver changes; a damaged one is none', { skip }, async (t) => {
  const folder = ownCache(t);
  const manifest = join(folder, 'driver.json');
  const library = join(vulkan!.VK_DRIVER_FILES!, '..', 'libvk_swiftshader.so');
  writeFileSync(manifest, JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.1.0' } })); // prettier-ignore
  setEnvironment(t, { ...vulkan, VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest });
  const engine = await selectEngine({ device: 'webgpu', threads: 7 });
  assert.equal(engine.device, 'webgpu');
  assert.equal(engine.hardware, 'SwiftShader');
  const kept = await readDeviceVerdict('webgpu', 7);
  assert.ok(kept?.report.works);
  assert.equal(await readDeviceVerdict('webgpu', 6), undefined);

  utimesSync(manifest, 1e9, 1e9);
  assert.equal(await readDeviceVerdict('webgpu', 7), undefined, 'another driver');
  const verdicts = join(folder, 'devices');
  for (const file of readdirSync(verdicts)) writeFileSync(join(verdicts, file), readFileSync(join(verdicts, file), 'utf8').slice(0, 40)); // prettier-ignore
  assert.equal(await readDeviceVerdict('cpu', 7), undefined, 'damaged');
});

test('a provider that the package lacks is refused in one line', async (t) => {
  const cache = ownCache(t);
  // No provider of this name is in the package for this platform.
  const device = process.platform === 'win32' ? 'coreml' : 'directml';
  const { report } = await probeDevice(device, 2);
  assert.ok(!report.works);
  assert.match(report.why, /^[^\n]+$/);
  assert.equal(readdirSync(cache).length, 0, 'a trial alone keeps nothing');
});
