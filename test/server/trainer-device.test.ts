/** A trainer of the editor computes on the device of the setting, here WebGPU through a driver in software. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ListRuns, PlanRun, StartRun } from '../../src/protocol/messages';
import { readRun } from '../../src/server/runs/run-folder';
import { softwareVulkan } from '../engine/support/vulkan';
import { setEnvironment } from '../support/environment';
import { TINY_BASE, temporaryFolder, tinyData } from '../support/tiny-run';
import { until } from '../support/until';
import { ServerProcess } from './support/server-process';

const bundle = join(process.cwd(), 'dist/server.cjs');
const vulkan = softwareVulkan();
const skip =
  vulkan === undefined && 'no Vulkan driver: `npm run setup -- workbench` brings Chromium, which has one in software';

test('a run of the editor computes on the device of the setting', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  setEnvironment(t, { ...vulkan, ROWLIGHT_CACHE: join(folder, 'cache') });
  const data = tinyData(folder, 40);
  const uri = pathToFileURL(data).href;
  const server = new ServerProcess(bundle, { device: 'webgpu', deviceMemory: 0.5 });
  t.after(() => {
    server.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  await server.initialize(folder);
  await server.open(uri, readFileSync(data, 'utf8'));
  const plan = await server.request(PlanRun, { uri, base: join(process.cwd(), TINY_BASE) });
  const few = { epochs: 1, learningRate: 1e-3, maxLength: 16, batchSize: 20 };
  const { folder: run } = await server.request(StartRun, { uri, plan, arguments: few });
  // The trainer's last word is its result; after it nothing more is written.
  const log = join(run, 'trainer.log');
  const said = (): string => readFileSync(log, 'utf8');
  const look = async (): Promise<string> => {
    const [found] = await server.request(ListRuns, null);
    assert.ok(found === undefined || ['running', 'finished'].includes(found.run.state), said());
    return said();
  };
  await until('the result', look, (text) => /^\{"run":/m.test(text));
  const { attempts } = await readRun(run);
  assert.deepEqual(attempts.map(({ machine }) => machine?.device), ['webgpu']); // prettier-ignore
  assert.equal(await server.stop(), 0);
});
