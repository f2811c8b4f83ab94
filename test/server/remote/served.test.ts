/** The language server with a real `rowlight serve` behind it: predictions come over HTTP, and only where they may. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { FindPredictionTarget, WritePredictions } from '../../../src/protocol/predict-file';
import { ServerAccessChanged, type ServedState } from '../../../src/protocol/server-access';
import { TrustGranted } from '../../../src/protocol/trust';
import { cli } from '../../support/cli';
import { setEnvironment } from '../../support/environment';
import { temporaryFolder } from '../../support/tiny-run';
import { until } from '../../support/until';
import { startServer, type Served } from '../serve/support';
import { openPair, type PairOptions, type TestClient } from '../support/pair';
import { openGateway, type Gateway } from './gateway';

const uri = 'file:///data/train.tsv';
const TEXTS = ['身份证丢了怎么补办', '护照到期了去哪里换', '电动车被偷了'];
/** Labels of the sample's model. */
const labels = Object.values(
  (JSON.parse(readFileSync('models/police-desk/config.json', 'utf8')) as { id2label: Record<string, string> }).id2label,
);
const file = `场景\t问题\n${labels[0]}\t${TEXTS[0]}\n\t${TEXTS[1]}\n\t${TEXTS[2]}\n`;

let server: Served;
before(async (t) => {
  server = await startServer(t as TestContext, 'models/zh-mini', 'models/police-desk');
});

async function opened(
  t: TestContext,
  options: PairOptions & { allowed?: boolean; text?: string; path?: string } = {},
): Promise<{ client: TestClient; gateway: Gateway }> {
  // A proxy of this machine has nothing to do with it.
  setEnvironment(t, { NO_PROXY: '127.0.0.1' });
  const gateway = await openGateway(t, server.port);
  const settings = { server: `${gateway.url}${options.path ?? ''}` };
  const client = await openPair(t, { ...options, settings });
  client.access = { allowed: options.allowed ?? true };
  client.open(uri, options.text ?? file);
  return { client, gateway };
}

/** All three hints of the file: what does not come in time comes with a later request. */
const allHints = (client: TestClient) => until('all hints', () => client.hints(uri), ({ length }) => length === 3); // prettier-ignore
const kind = (client: TestClient): string | undefined => client.status?.files[uri]?.kind;
const reaches = (client: TestClient, state: ServedState): Promise<void> =>
  client.until(() => client.status?.served?.state === state);
const predicts = (client: TestClient): Promise<void> =>
  client.until(() => client.status?.served?.state === 'ready' && kind(client) === 'predicting');

test('hints are what predict says, and no model is loaded here', async (t) => {
  const { client, gateway } = await opened(t);
  await predicts(client);
  const { stdout } = await cli(['predict', 'models/police-desk', '-', '--format', 'jsonl'], `${TEXTS.join('\n')}\n`);
  const expected = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { label: string; probability: number }); // prettier-ignore
  const hints = await allHints(client);
  hints.forEach(({ tooltip }, i) => {
    assert.ok(String(tooltip).startsWith(`${expected[i]!.label} `), String(tooltip));
    assert.ok(String(tooltip).includes('police-desk @ 127.0.0.1:'), String(tooltip));
  });
  assert.deepEqual(client.status?.files[uri], {
    kind: 'predicting',
    model: `police-desk @ ${new URL(gateway.url).host}`,
    folder: `${gateway.url}/models/police-desk`,
    source: 'server',
    textColumn: '问题',
    labelColumn: '场景',
  });
  assert.equal(client.host.forks, 0);
  assert.deepEqual(new Set(gateway.seen.map(({ line }) => line)), new Set(['GET /models', 'POST /models/police-desk/classify'])); // prettier-ignore
  const asked = gateway.posts().flatMap(({ texts }) => texts);
  assert.deepEqual([...asked].sort(), [...TEXTS].sort(), 'each text once');
});

test('a whole file: the copy has what predict says; nothing is written while the server is away', async (t) => {
  const { client, gateway } = await opened(t);
  await predicts(client);
  const path = '/data/train.tsv';
  client.files.set(path, file);
  const { path: target } = await client.request(FindPredictionTarget, { uri });
  gateway.target = 0;
  await assert.rejects(client.request(WritePredictions, { uri, path: target, replace: false }), /can't be reached/);
  assert.equal(await client.files.exists(target), false);
  await reaches(client, 'unreachable');
  gateway.target = server.port;
  await predicts(client);
  const written = await client.request(WritePredictions, { uri, path: target, replace: false });
  assert.deepEqual(written, { path: target, predicted: 3, without: 0, ragged: 0 });
  const { stdout } = await cli(['predict', 'models/police-desk', '-', '--format', 'jsonl'], `${TEXTS.join('\n')}\n`);
  const expected = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { label: string; probability: number }); // prettier-ignore
  const rows = new TextDecoder()
    .decode(await client.files.read(target))
    .trimEnd()
    .split('\n')
    .slice(1);
  rows.forEach((row, i) => {
    const [label, text, predicted, probability, second] = row.split('\t');
    assert.deepEqual([label, text], [i === 0 ? labels[0] : '', TEXTS[i]]);
    assert.equal(predicted, expected[i]!.label);
    assert.ok(Math.abs(Number(probability) - expected[i]!.probability) < 1e-4);
    assert.ok(labels.includes(second!) && second !== predicted);
  });
  assert.equal(client.host.forks, 0);
});

test('nothing is sent before consent, not even a connection; after it is taken back nothing more', async (t) => {
  const { client, gateway } = await opened(t, { allowed: false });
  client.files.model('/models/local', [labels[0]!, '乙']);
  client.host.labels = [labels[0]!, '乙'];
  client.host.script = () => ({ label: labels[0]!, probability: 0.97 });
  await reaches(client, 'consent');
  client.configure({ server: gateway.url });
  // What the user does not allow is as none: the model that is there predicts.
  await client.until(() => JSON.stringify(client.status?.files[uri]).includes('"source":"bundled"'));
  assert.equal((await client.hints(uri)).length, 3);
  assert.deepEqual(gateway.seen, []);
  client.access = { allowed: true };
  await client.notify(ServerAccessChanged, null);
  await client.until(() => JSON.stringify(client.status?.files[uri]).includes('"source":"server"'));
  assert.ok(gateway.seen.length > 0);
  client.access = { allowed: false };
  await client.notify(ServerAccessChanged, null);
  await reaches(client, 'consent');
  await client.until(() => JSON.stringify(client.status?.files[uri]).includes('"source":"bundled"'));
  const count = gateway.seen.length;
  client.open('file:///data/other.tsv', file.replaceAll('了', '过'));
  assert.equal((await client.hints('file:///data/other.tsv')).length, 3);
  assert.equal(gateway.seen.length, count);
});

test('Restricted Mode: nobody is asked and nothing is sent until trust is granted', async (t) => {
  const { client, gateway } = await opened(t, { trusted: false });
  await client.until(() => kind(client) === 'no-model');
  assert.deepEqual([client.askedAccess, gateway.seen], [[], []]);
  await client.notify(TrustGranted, null);
  await predicts(client);
  assert.deepEqual(new Set(client.askedAccess), new Set([gateway.url]));
});

test('a file whose labels the served model does not know is left alone: none of its rows is sent', async (t) => {
  const { client, gateway } = await opened(t, { text: '场景\t问题\n甲\t怎么报警\n\t丢了钱包\n' });
  await reaches(client, 'ready');
  await client.until(() => kind(client) === 'no-model' || kind(client) === 'provisional');
  await client.hints(uri);
  assert.deepEqual(gateway.posts(), []);
  // Without labels the columns decide.
  client.open('file:///data/plain.tsv', 'name\tremark\n\tsomething private\n\tanother thing\n');
  await client.until(() => client.status?.files['file:///data/plain.tsv'] !== undefined);
  await client.hints('file:///data/plain.tsv');
  assert.deepEqual(gateway.posts(), []);
});

test('the setting rowlight.model goes before the server, and is asked for nothing there', async (t) => {
  const { client, gateway } = await opened(t);
  await predicts(client);
  client.files.model('/own', labels);
  client.host.labels = labels;
  client.host.script = () => ({ label: labels[0]!, probability: 0.97 });
  client.configure({ server: gateway.url, model: '/own' });
  await client.until(() => JSON.stringify(client.status?.files[uri]).includes('"source":"setting"'));
  const count = gateway.posts().length;
  assert.equal((await client.hints(uri)).length, 3);
  assert.equal(gateway.posts().length, count);
});

test('hover: all labels, and that a text was cut', async (t) => {
  const long = '身份证丢了怎么补办，'.repeat(300);
  const { client } = await opened(t, { text: `场景\t问题\n${labels[0]}\t${long}\n`, locale: 'zh-cn' });
  await predicts(client);
  const hover = await client.hover(uri, { line: 1, character: labels[0]!.length + 2 });
  assert.match(hover ?? '', /█/);
  assert.match(hover ?? '', /已截断/);
  assert.match(hover ?? '', /模型：police\\-desk \\@ 127/);
  assert.equal(client.host.forks, 0);
});

test('a key: asked for where it is missing or wrong, sent where it is known', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'key'), 'a-key-of-some-length\n');
  const locked = await startServer(t, 'models/police-desk', '--api-key-file', join(folder, 'key'));
  const { client, gateway } = await opened(t, { allowed: false });
  await reaches(client, 'consent');
  gateway.target = locked.port;
  for (const key of [undefined, 'another-key-than-that']) {
    client.access = { allowed: true, ...(key && { key }) };
    await client.notify(ServerAccessChanged, null);
    await client.until(() => gateway.seen.at(-1)?.headers.authorization === (key && `Bearer ${key}`) && client.status?.served?.state === 'key'); // prettier-ignore
    await client.until(() => kind(client) === 'server');
  }
  const asked = gateway.seen.length;
  assert.deepEqual(await client.hints(uri), []);
  assert.equal(gateway.seen.length, asked, 'without a key it is not asked again');
  client.access = { allowed: true, key: 'a-key-of-some-length' };
  await client.notify(ServerAccessChanged, null);
  await predicts(client);
  await allHints(client);
  assert.doesNotMatch(JSON.stringify([client.status, client.logged]), /a-key-of/);
});

test('another model behind the same address: its predictions take the place of the former ones', async (t) => {
  const other = join(temporaryFolder(t), 'police-desk');
  cpSync('models/police-desk', other, { recursive: true });
  const path = join(other, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as { id2label: Record<string, string>; label2id: object };
  // The same weights, each label called as the next: whatever is predicted now was predicted otherwise before.
  config.id2label = Object.fromEntries(labels.map((_, id) => [String(id), labels[(id + 1) % labels.length]!]));
  config.label2id = Object.fromEntries(Object.entries(config.id2label).map(([id, label]) => [label, Number(id)]));
  writeFileSync(path, JSON.stringify(config));
  const swapped = await startServer(t, other);
  const { client, gateway } = await opened(t);
  await predicts(client);
  const labelOf = async (): Promise<string | undefined> => (String((await client.hints(uri))[1]?.tooltip)).split(' ')[0]; // prettier-ignore
  const first = await until('a hint', labelOf, (label) => labels.includes(label ?? ''));
  gateway.target = swapped.port;
  // A text that is not known yet brings it to light.
  client.change(uri, { range: { start: { line: 3, character: 1 }, end: { line: 3, character: 1 } }, text: '我的' });
  const expected = labels[(labels.indexOf(first!) + 1) % labels.length];
  await until('the hint of the other model', labelOf, (label) => label === expected);
  await allHints(client);
});
