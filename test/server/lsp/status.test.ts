import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetryModel, UseModel } from '../../../src/protocol/messages';
import { RowlightError } from '../../../src/server/errors';
import { MAX_CHARACTERS } from '../../../src/server/lsp/documents';
import { openPair, type TestClient } from '../support/pair';

const uri = 'file:///data/train.tsv';
const text = '场景\t问题\n甲\t怎么报警\n\t丢了钱包\n';

const kind = (client: TestClient): string | undefined => client.status?.files[uri]?.kind;

test('a file with a model, without one, and closed', async (t) => {
  const client = await openPair(t);
  client.open(uri, text);
  await client.until(() => kind(client) === 'no-model');
  client.files.model('/models/desk', ['甲', '乙']);
  client.configure({});
  await client.until(() => kind(client) === 'predicting');
  assert.deepEqual(client.status?.files[uri], {
    kind: 'predicting',
    model: 'desk',
    folder: '/models/desk',
    source: 'bundled',
    textColumn: '问题',
    labelColumn: '场景',
  });
  client.closeDocument(uri);
  await client.until(() => kind(client) === undefined);
});

test('what computes is said once a model was loaded: device, driver and memory, or why it is the CPU', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.host.about = { note: 'webgpu: no driver' };
  client.open(uri, text);
  await client.until(() => kind(client) === 'predicting');
  const runBy = () => client.status?.runBy;
  assert.equal(runBy(), undefined);
  await client.hints(uri);
  await client.until(() => runBy() !== undefined);
  assert.deepEqual(runBy(), { engine: 'fake /models/desk', device: 'cpu', note: 'webgpu: no driver' });
  client.host.device = 'cuda';
  client.host.about = { hardware: 'NVIDIA 580.159.04, 79.6 GiB' };
  client.files.model('/elsewhere/other', ['甲', '丁'], { text: 'x', label: 'y' });
  await client.request(UseModel, { uri, folder: '/elsewhere/other' });
  await client.hints(uri);
  await client.until(() => runBy()?.device === 'cuda');
  const hardware = 'NVIDIA 580.159.04, 79.6 GiB';
  assert.deepEqual(runBy(), { engine: 'fake /elsewhere/other', device: 'cuda', hardware });
});

test('the setting names a model: relative to the workspace folder, or a failure in one line', async (t) => {
  const client = await openPair(t, { folders: ['/data'], settings: { model: 'my-model' } });
  client.open(uri, text);
  await client.until(() => kind(client) === 'bad-model');
  const status = client.status?.files[uri];
  assert.match(status?.kind === 'bad-model' ? status.message : '', /^\/data\/my-model: no such folder/);
  client.files.model('/data/my-model', ['甲', '丙']);
  client.configure({ model: 'my-model' });
  await client.until(() => kind(client) === 'predicting');
  assert.deepEqual(await client.hintLines(uri), ['1:1 · 97%', '2:0 甲 97%']);
});

test('Use Model chooses for one file, and null goes back', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.files.model('/elsewhere/other', ['甲', '丁'], { text: 'x', label: 'y' });
  client.open(uri, text);
  await client.until(() => kind(client) === 'predicting');
  await client.request(UseModel, { uri, folder: '/elsewhere/other' });
  await client.until(() => JSON.stringify(client.status?.files[uri]).includes('"source":"chosen"'));
  await client.request(UseModel, { uri, folder: null });
  await client.until(() => JSON.stringify(client.status?.files[uri]).includes('"source":"bundled"'));
});

test('a half-typed label keeps the model; another header does not', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.open(uri, text);
  assert.equal((await client.hints(uri)).length, 2);
  const at = { line: 2, character: 0 };
  client.change(uri, { range: { start: at, end: at }, text: '新' });
  assert.deepEqual(await client.hintLines(uri), ['1:1 · 97%', '2:1 → 甲 97%']);
  const head = { line: 0, character: 0 };
  client.change(uri, { range: { start: head, end: { line: 0, character: 2 } }, text: '标签' });
  await client.until(() => kind(client) === 'provisional');
  assert.deepEqual(await client.hintLines(uri), []);
});

test('a retrained folder is another model: nothing of the old one is shown', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.open(uri, text);
  assert.deepEqual(await client.hintLines(uri), ['1:1 · 97%', '2:0 甲 97%']);
  client.files.set('/models/desk/model.safetensors', 'new weights');
  client.host.script = () => ({ label: '乙', probability: 0.9 });
  client.configure({});
  await client.until(() => client.refreshes > 0);
  assert.deepEqual(await client.hintLines(uri), ['1:1 → 乙 90%', '2:0 乙 90%']);
});

test('while a new model loads, the hints of the former one stay', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.files.model('/elsewhere/other', ['甲', '乙']);
  client.open(uri, text);
  const before = await client.hintLines(uri);
  assert.equal(before.length, 2);
  const release = client.host.hold();
  client.host.script = () => ({ label: '乙', probability: 0.9 });
  await client.request(UseModel, { uri, folder: '/elsewhere/other' });
  await client.until(() => client.status?.busy === true);
  assert.deepEqual(await client.hintLines(uri), before);
  release();
  await client.until(() => client.refreshes === 1);
  assert.deepEqual(await client.hintLines(uri), ['1:1 → 乙 90%', '2:0 乙 90%']);
});

test('a model that does not load is told once, and the file has no hints', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.host.loadError = new RowlightError('bad-model', '/models/desk: broken');
  client.open(uri, text);
  assert.deepEqual(await client.hintLines(uri), []);
  await client.until(() => kind(client) === 'bad-model');
  client.host.loadError = undefined;
  await client.request(RetryModel, null);
  await client.until(() => kind(client) === 'predicting');
  assert.equal((await client.hints(uri)).length, 2);
});

test('a crash of the host is not noticed; four in a row switch it off, Retry switches it on', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.open(uri, text);
  const release = client.host.hold();
  const hints = client.hints(uri);
  await client.until(() => client.status?.busy === true);
  client.host.crash();
  release();
  await hints;
  await client.until(() => client.status?.busy === false);
  assert.equal((await client.hints(uri)).length, 2, 'the request in flight was sent again');
  assert.equal(client.host.forks, 2);
  for (let i = 0; i < 3; i++) {
    client.host.crash();
    const at = { line: 2, character: 0 };
    client.change(uri, { range: { start: at, end: at }, text: '' });
    client.change(uri, { range: { start: { line: 2, character: 1 }, end: { line: 2, character: 1 } }, text: '又' });
    await client.hints(uri);
  }
  await client.until(() => client.status?.health === 'error');
  await client.request(RetryModel, null);
  await client.until(() => client.status?.health === 'ok');
  assert.equal((await client.hints(uri)).length, 2);
});

test('files that are not read: too many characters, another separator, no rows', async (t) => {
  const client = await openPair(t);
  client.open('file:///semicolon.csv', 'a;b\n1;2\n', 'csv (semicolon)');
  client.open('file:///empty.tsv', '');
  client.open('file:///large.tsv', `场景\t问题\n${'a'.repeat(MAX_CHARACTERS)}`);
  await client.until(() => Object.keys(client.status?.files ?? {}).length === 3);
  const { files } = client.status!;
  assert.equal(files['file:///semicolon.csv']?.kind, 'no-columns');
  assert.equal(files['file:///empty.tsv']?.kind, 'no-columns');
  assert.equal(files['file:///large.tsv']?.kind, 'too-large');
  assert.deepEqual(await client.hintLines('file:///large.tsv'), []);
});

test('an empty file gets its columns while it is typed', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.open('untitled:Untitled-1', '');
  const at = { line: 0, character: 0 };
  client.change('untitled:Untitled-1', { range: { start: at, end: at }, text: '场景\t问题\n\t怎么报警\n' });
  assert.deepEqual(await client.hintLines('untitled:Untitled-1'), ['1:0 甲 97%']);
});
