/** Models from the hub through the server: brought, listed, refused without trust. Against a hub on this machine. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DownloadModel, DownloadingModel, ListDownloaded } from '../../../src/protocol/hub';
import { startHub } from '../../support/hub-server';
import { temporaryFolder } from '../../support/tiny-run';
import { openPair, type TestClient } from '../support/pair';

const bytes = (text: string) => new TextEncoder().encode(text);
const config = bytes('{ "model_type": "bert" }');
const params = { name: 'someone/tiny', proxy: '' };

async function opened(
  t: TestContext,
  files: Record<string, Uint8Array>,
): Promise<{ client: TestClient; cache: string }> {
  const hub = await startHub('someone/tiny', files);
  t.after(() => hub.close());
  const cache = temporaryFolder(t);
  const before = process.env.HF_HUB_CACHE;
  process.env.HF_HUB_CACHE = cache;
  t.after(() => {
    if (before === undefined) delete process.env.HF_HUB_CACHE;
    else process.env.HF_HUB_CACHE = before;
  });
  return { client: await openPair(t, { settings: { hubEndpoint: hub.endpoint } }), cache };
}

test('a model is brought with its progress told, and is listed from then on', async (t) => {
  const { client, cache } = await opened(t, { 'config.json': config, 'model.safetensors': new Uint8Array(30_000) });
  assert.deepEqual(await client.request(ListDownloaded, null), []);
  const { folder, usable } = await client.request(DownloadModel, params);
  assert.equal(usable, true);
  assert.ok(folder.startsWith(join(cache, 'models--someone--tiny')));
  const total = config.length + 30_000;
  assert.deepEqual(client.heard(DownloadingModel).at(-1), { name: 'someone/tiny', done: total, total });
  assert.deepEqual(await client.request(ListDownloaded, null), [{ name: 'someone/tiny', folder }]);
  rmSync(join(folder, 'model.safetensors'));
  assert.deepEqual(await client.request(ListDownloaded, null), [], 'half a model is none');
});

test('weights in another form are said to be no base yet', async (t) => {
  const { client } = await opened(t, { 'config.json': config, 'pytorch_model.bin': new Uint8Array(30_000) });
  assert.equal((await client.request(DownloadModel, params)).usable, false);
  assert.deepEqual(await client.request(ListDownloaded, null), []);
});

test('what the hub has not is one line', async (t) => {
  const { client } = await opened(t, { 'config.json': config });
  await assert.rejects(client.request(DownloadModel, { ...params, name: 'no/body' }), /no\/body: .* has no such model/);
});
