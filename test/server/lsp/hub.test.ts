/** Models from the hub through the server: brought, listed, refused without trust. Against a hub on this machine. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { DownloadModel } from '../../../src/protocol/hub';
import { ListKnownModels, TransferringModel } from '../../../src/protocol/models';
import type { Log } from '../../../src/server/env';
import { processTrainer } from '../../../src/server/host/trainer';
import { CLI } from '../../support/cli';
import { setEnvironment } from '../../support/environment';
import { startHub } from '../../support/hub-server';
import { GOLDEN } from '../../support/model';
import { temporaryFolder } from '../../support/tiny-run';
import { openPair, type TestClient } from '../support/pair';

const bytes = (text: string) => new TextEncoder().encode(text);
/** A base without a classifier. */
const config = bytes(
  JSON.stringify({
    ...(JSON.parse(readFileSync(join(GOLDEN, 'tiny', 'config.json'), 'utf8')) as object),
    architectures: ['BertModel'],
  }),
);
const params = { name: 'someone/tiny', proxy: '' };

async function opened(
  t: TestContext,
  files: Record<string, Uint8Array>,
): Promise<{ client: TestClient; cache: string; models: string }> {
  const hub = await startHub('someone/tiny', files);
  t.after(() => hub.close());
  const [cache, models] = [temporaryFolder(t), join(temporaryFolder(t), 'models')];
  setEnvironment(t, { HF_HUB_CACHE: cache, ROWLIGHT_MODELS: models });
  const env = { trainer: (log: Log) => processTrainer(CLI, log) };
  const client = await openPair(t, { settings: { hubEndpoint: hub.endpoint }, env });
  return { client, cache, models };
}

test('a model is brought with its progress told, and is listed from then on', async (t) => {
  const { client, cache } = await opened(t, { 'config.json': config, 'model.safetensors': new Uint8Array(30_000) });
  assert.deepEqual(await client.request(ListKnownModels, null), []);
  const { folder, name, labels } = await client.request(DownloadModel, params);
  assert.deepEqual([name, labels], ['someone/tiny', 0]);
  assert.ok(folder.startsWith(join(cache, 'models--someone--tiny')));
  const total = config.length + 30_000;
  assert.deepEqual(client.heard(TransferringModel).at(-1), { id: 'someone/tiny', act: 'download', done: total, total });
  assert.deepEqual(await client.request(ListKnownModels, null), [{ name: 'someone/tiny', folder, from: 'hub' }]);
  rmSync(join(folder, 'model.safetensors'));
  assert.deepEqual(await client.request(ListKnownModels, null), [], 'half a model is none');
});

test('weights in another form are imported beside the added models, once, and the download stays as it is', async (t) => {
  const form = join('test', 'golden', 'import', 'torch-zip');
  const files = Object.fromEntries(
    readdirSync(form).map((name) => [name, new Uint8Array(readFileSync(join(form, name)))]),
  );
  const { client, cache, models } = await opened(t, files);
  const { folder, name, labels, unnamed } = await client.request(DownloadModel, params);
  assert.deepEqual([dirname(folder), name, labels, unnamed], [models, 'someone/tiny', 5, false]);
  assert.deepEqual(await client.request(ListKnownModels, null), [{ name: 'someone/tiny', folder, from: 'hub' }]);
  assert.ok(client.heard(TransferringModel).some(({ act, done, total }) => act === 'import' && done === total));
  const [snapshot] = readdirSync(join(cache, 'models--someone--tiny', 'snapshots'));
  assert.deepEqual(
    readdirSync(join(cache, 'models--someone--tiny', 'snapshots', snapshot!)).sort(),
    Object.keys(files).sort(),
  );
  const { ino } = statSync(folder);
  assert.equal((await client.request(DownloadModel, params)).folder, folder);
  assert.equal(statSync(folder).ino, ino, 'it was not imported again');
});

test('what the hub has not is one line', async (t) => {
  const { client } = await opened(t, { 'config.json': config });
  await assert.rejects(client.request(DownloadModel, { ...params, name: 'no/body' }), /no\/body: .* has no such model/);
});
