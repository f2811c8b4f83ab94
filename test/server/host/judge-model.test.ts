/** The comparison of int8, and of float16 on a GPU, with float32 by a real model host, behind everything else. */
import assert from 'node:assert/strict';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../../../src/server/env';
import type { HostProcess } from '../../../src/server/host/client';
import { forkHost } from '../../../src/server/host/fork';
import { loadHostModel } from '../../../src/server/host/load-model';
import { type FromHost, inDtype } from '../../../src/server/host/messages';
import { readVerdict } from '../../../src/server/runs/verdict-cache';
import type { FasterDtype } from '../../../src/protocol/status';
import { vulkanForFloat16 } from '../../engine/support/vulkan';
import { setEnvironment } from '../../support/environment';
import { GOLDEN, testEngine } from '../../support/model';
import { temporaryFolder } from '../../support/tiny-run';

const MODEL = join(process.cwd(), 'models', 'police-desk');
const TINY = join(process.cwd(), GOLDEN, 'tiny');
const TEXTS = Array.from({ length: 500 }, (_, i) => ({
  text: `${'我你他'.repeat(i % 7)}身份证${'护照'.repeat(i % 5)}`,
}));

/** The first message of a kind from a host. */
const message = <Type extends FromHost['type']>(host: HostProcess, type: Type) =>
  new Promise<Extract<FromHost, { type: Type }>>((resolve, reject) => {
    host.onMessage((one) => {
      if (one.type === type) resolve(one as Extract<FromHost, { type: Type }>);
      if (one.type === 'failed') reject(new Error(one.message));
    });
    host.onExit((reason) => reject(new Error(reason)));
  });

function start(t: TestContext, idle: boolean, device = 'cpu'): HostProcess {
  const host = forkHost(join('dist', 'model-host.cjs'), { threads: 1, engine: 'onnx', device, idle }, silentLog);
  t.after(() => host.kill());
  return host;
}

test('a host that has time runs behind everything else', async (t) => {
  const { pid } = await message(start(t, true), 'ready');
  assert.equal(getPriority(pid), constants.priority.PRIORITY_LOW);
});

test('a host compares int8 with float32 and keeps the verdict', async (t) => {
  setEnvironment(t, { ROWLIGHT_CACHE: temporaryFolder(t) });
  const host = start(t, false);
  const judged = message(host, 'judged');
  host.send({ type: 'judge', id: 1, folder: TINY, inputs: TEXTS });
  const { dtype, verdict } = await judged;
  assert.equal(dtype, 'int8');
  assert.equal(verdict.texts, 500);
  assert.ok(verdict.agreement > 0.5 && verdict.speed > 0, JSON.stringify(verdict));
  assert.deepEqual(await readVerdict({ folder: TINY }), verdict);
});

const vulkan = vulkanForFloat16();
const skip = vulkan === undefined && 'no Vulkan driver: `npm run setup -- workbench` brings Chromium, which has one in software'; // prettier-ignore

test('a host on a GPU judges float16 where the GPU computes it, and says so where it does not', { skip }, async (t) => {
  setEnvironment(t, { ...vulkan, ROWLIGHT_CACHE: temporaryFolder(t) });
  const host = start(t, false, 'webgpu');
  const told = message(host, 'engine');
  host.send({ type: 'engine', id: 1 });
  const { engine } = await told;
  assert.equal(engine.device, 'webgpu', engine.note);
  const judged = message(host, 'judged');
  host.send({ type: 'judge', id: 2, folder: TINY, inputs: TEXTS });
  if (engine.faster === undefined) {
    // SwiftShader's answer.
    await assert.rejects(judged, /^Error: onnx on webgpu has nothing faster than float32 here$/);
  } else {
    const { dtype, verdict } = await judged;
    assert.equal(dtype, 'float16');
    assert.ok(verdict.agreement > 0.99 && verdict.moved > 0, JSON.stringify(verdict));
    assert.deepEqual(await readVerdict({ folder: TINY, on: engine }), verdict);
    assert.equal(await readVerdict({ folder: TINY }), undefined, 'of int8 nothing is known');
  }
  const [exact, rounded] = [await answer(host, 3), await answer(host, 4, 'float16')];
  exact.forEach((value, i) => assert.ok(Math.abs(value - rounded[i]!) < 0.05));
  if (engine.faster === 'float16') assert.notDeepEqual(exact, rounded);
  else assert.deepEqual(exact, rounded, 'in float32 on the device, and not on the CPU');
});

/** What a host says of one text. */
async function answer(host: HostProcess, id: number, dtype?: FasterDtype): Promise<readonly number[]> {
  const answered = message(host, 'predicted');
  const float32 = { id: 'tiny', folder: TINY };
  const model = dtype === undefined ? float32 : inDtype(float32, dtype);
  host.send({ type: 'predict', id, model, priority: 'visible', inputs: [{ text: '我的护照丢了' }] });
  return (await answered).predictions[0]!.probabilities;
}

test('a model is loaded in the precision that is asked for', async () => {
  const [exact, rounded] = await Promise.all(
    [undefined, 'int8' as const].map(async (dtype) => {
      const loaded = await loadHostModel(testEngine, { id: 'x', folder: MODEL, ...(dtype && { dtype }) });
      const [answer] = await loaded.predictor.predict([{ text: '我的护照丢了' }]);
      await loaded.predictor.dispose();
      return answer!.probabilities;
    }),
  );
  assert.notDeepEqual(exact, rounded);
});
