/** Models from files of the user's, added through the server by the command line as it is shipped. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ListModels } from '../../../src/protocol/messages';
import {
  AddModel,
  ExportModel,
  InspectSource,
  ListKnownModels,
  NameLabels,
  TransferringModel,
} from '../../../src/protocol/models';
import { RowlightError } from '../../../src/server/errors';
import { type Log, silentLog } from '../../../src/server/env';
import { processTrainer } from '../../../src/server/host/trainer';
import { stampOf } from '../../../src/server/lsp/node-environment';
import { nodeFiles } from '../../../src/server/node-files';
import { CLI } from '../../support/cli';
import { setEnvironment } from '../../support/environment';
import { GOLDEN } from '../../support/model';
import { temporaryFolder } from '../../support/tiny-run';
import { openPair } from '../support/pair';

const FORMS = resolve('test', 'golden', 'import');
const NAMES = ['甲', '乙', '丙', '丁', '戊'];

async function opened(t: TestContext, trusted = true) {
  const models = join(temporaryFolder(t), 'models');
  setEnvironment(t, { ROWLIGHT_MODELS: models, HF_HUB_CACHE: temporaryFolder(t) });
  const env = { trainer: (log: Log) => processTrainer(CLI, log), files: nodeFiles, stamp: stampOf };
  return { client: await openPair(t, { env, trusted }), models };
}

test('a classifier of TensorFlow is added, is offered, and gets its names once', async (t) => {
  const { client, models } = await opened(t);
  const source = join(FORMS, 'tensorflow');
  assert.deepEqual(await client.request(InspectSource, { source }), { needsBase: false });
  const added = await client.request(AddModel, { source });
  const { folder } = added;
  assert.deepEqual(added, { folder: join(models, 'tensorflow'), name: 'tensorflow', labels: 5, unnamed: true });
  const told = client.heard(TransferringModel);
  assert.ok(told.some(({ id, act, done, total }) => id === source && act === 'import' && done === total));
  assert.deepEqual(await client.request(ListKnownModels, null), [{ name: 'tensorflow', folder, from: 'added' }]);
  const offered = async () =>
    (await client.request(ListModels, { uri: 'file:///x.tsv' })).filter(({ source }) => source === 'known');
  const option = { folder, name: 'tensorflow', source: 'known', labels: 5, current: false };
  assert.deepEqual(await offered(), [{ ...option, unnamed: true }]);

  const name = (labels: readonly string[], where = folder) => client.request(NameLabels, { folder: where, labels });
  await assert.rejects(name(NAMES.slice(1)), /tensorflow: has 5 labels; give each a name of its own/);
  await assert.rejects(name([...NAMES.slice(1), '乙']), /give each a name of its own/);
  const elsewhere = join(temporaryFolder(t), 'tensorflow');
  cpSync(folder, elsewhere, { recursive: true });
  await assert.rejects(name(NAMES, elsewhere), /is none of the added models/);
  await assert.rejects(name(NAMES, `${models}/../models/../x`), /is none of the added models/);
  await name(NAMES);
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual(Object.values(config.id2label as object), NAMES);
  assert.deepEqual(config.label2id, { 甲: 0, 乙: 1, 丙: 2, 丁: 3, 戊: 4 });
  assert.equal(config.model_type, 'bert', 'the rest stays');
  assert.deepEqual(await offered(), [option]);
});

test('a checkpoint without configuration and vocabulary says so, and takes them from its base', async (t) => {
  const { client } = await opened(t);
  const source = join(temporaryFolder(t), 'output');
  cpSync(join(FORMS, 'tensorflow'), source, { recursive: true });
  for (const file of ['bert_config.json', 'vocab.txt']) rmSync(join(source, file));
  assert.deepEqual(await client.request(InspectSource, { source }), { needsBase: true });
  await assert.rejects(client.request(AddModel, { source, base: source }), /has no bert_config\.json and vocab\.txt/);
  const base = join(FORMS, 'tensorflow');
  assert.equal((await client.request(AddModel, { source, base })).labels, 5);
});

test('what is no model is one line, and nothing is left of it', async (t) => {
  const { client, models } = await opened(t);
  const source = temporaryFolder(t);
  await assert.rejects(client.request(AddModel, { source }), /has neither model\.safetensors/);
  assert.ok(!existsSync(models) || readdirSync(models).length === 0);
});

test('a command that is cancelled stops and leaves nothing', async (t) => {
  const folder = temporaryFolder(t);
  const controller = new AbortController();
  controller.abort();
  const args = ['import', join(FORMS, 'torch-zip'), join(folder, 'out')];
  await assert.rejects(
    processTrainer(CLI, silentLog).command(args, controller.signal, () => undefined),
    (error) => RowlightError.is(error, 'cancelled'),
  );
  assert.deepEqual(readdirSync(folder), []);
});

test('a model is exported into a new folder of the one that is named', async (t) => {
  const { client } = await opened(t);
  const parent = join(temporaryFolder(t), 'out');
  mkdirSync(parent);
  const model = resolve(GOLDEN, 'tiny');
  const exported = (format: 'hugging-face' | 'onnx' | 'saved-model', dtype: 'float32' | 'int8' = 'float32') =>
    client.request(ExportModel, { model, parent, format, dtype });
  assert.deepEqual(await exported('onnx', 'int8'), { folder: join(parent, 'tiny-onnx-int8') });
  assert.ok(existsSync(join(parent, 'tiny-onnx-int8', 'model.onnx')));
  assert.deepEqual(await exported('onnx', 'int8'), { folder: join(parent, 'tiny-onnx-int8-2') });
  assert.deepEqual(await exported('hugging-face'), { folder: join(parent, 'tiny-hugging-face') });
  const { folder } = await exported('saved-model');
  assert.equal(dirname(folder), join(parent, 'tiny-saved-model'));
  for (const file of ['README.md', 'saved_model.pb']) assert.ok(existsSync(join(folder, file)), file);
  assert.ok(client.heard(TransferringModel).some(({ id, act }) => id === model && act === 'export'));
  await assert.rejects(
    client.request(ExportModel, { model: parent, parent, format: 'onnx', dtype: 'float32' }),
    /no model there/,
  );
});

test('without trust nothing is added, named or exported', async (t) => {
  const { client } = await opened(t, false);
  const folder = '/x';
  for (const asked of [
    client.request(InspectSource, { source: folder }),
    client.request(AddModel, { source: folder }),
    client.request(NameLabels, { folder, labels: NAMES }),
    client.request(ExportModel, { model: folder, parent: folder, format: 'onnx', dtype: 'float32' }),
  ])
    await assert.rejects(asked, /Restricted Mode: trust this workspace/);
});
