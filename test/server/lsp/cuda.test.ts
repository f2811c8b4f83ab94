/** Setting CUDA up through the server: what it would bring, an index that has nothing, removal, trust. The set-up itself: test/cuda. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PlanCuda, RemoveCuda, SetUpCuda } from '../../../src/protocol/cuda';
import { PACKAGES } from '../../../src/server/cuda/packages';
import { setEnvironment } from '../../support/environment';
import { makeWheel, startIndex } from '../../support/package-index';
import { temporaryFolder } from '../../support/tiny-run';
import { openPair } from '../support/pair';

const skip =
  process.platform === 'linux' && process.arch === 'x64' ? false : 'onnxruntime-node has CUDA on Linux x64 only';
const params = { withLibraries: false, proxy: '' };

test('tells what is to be fetched, asks the index of the settings, and removes what is there', { skip }, async (t) => {
  const index = await startIndex([makeWheel('onnxruntime-gpu', '0.0.1', { x: new Uint8Array(1) })]);
  t.after(() => index.close());
  const cache = temporaryFolder(t);
  setEnvironment(t, { ROWLIGHT_CACHE: cache });
  const client = await openPair(t, { settings: { packageIndex: index.address } });
  const plan = await client.request(PlanCuda, null);
  assert.deepEqual([plan.provider, plan.removable], [false, false]);
  assert.equal(plan.providerBytes, PACKAGES.packages[0]!.size);
  await assert.rejects(client.request(SetUpCuda, params), /has no onnxruntime_gpu-.*; choose another mirror/);
  assert.deepEqual(
    index.requests.map(({ path }) => path),
    ['/simple/onnxruntime-gpu/'],
  );
  const wheel = join(cache, 'some.whl');
  writeFileSync(wheel, 'nothing');
  await assert.rejects(client.request(SetUpCuda, { ...params, from: wheel }), /some\.whl: not onnxruntime_gpu-/);
  mkdirSync(join(cache, 'cuda', 'downloads'), { recursive: true });
  writeFileSync(join(cache, 'cuda', 'downloads', 'half'), 'x'.repeat(10));
  assert.equal((await client.request(PlanCuda, null)).removable, true);
  assert.deepEqual(await client.request(RemoveCuda, null), { bytes: 10 });
  assert.ok(!existsSync(join(cache, 'cuda')));
});

test('nothing of it without trust', async (t) => {
  const client = await openPair(t, { trusted: false });
  await assert.rejects(client.request(PlanCuda, null), /trust/i);
  await assert.rejects(client.request(SetUpCuda, params), /trust/i);
  await assert.rejects(client.request(RemoveCuda, null), /trust/i);
});
