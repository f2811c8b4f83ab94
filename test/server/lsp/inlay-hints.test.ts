import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { openPair } from '../support/pair';

const uri = 'file:///data/train.tsv';
const text = '场景\t问题\n甲\t怎么报警\n\t丢了钱包\n乙\t有人打架\n';

test('each row has a hint at the end of its label cell', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.host.script = (row) =>
    row === '丢了钱包' ? { label: '乙', probability: 0.874 } : { label: '甲', probability: 0.97 };
  client.open(uri, text);
  assert.deepEqual(await client.hintLines(uri), ['1:1 · 97%', '2:0 乙 87%', '3:1 → 甲 97%']);
  assert.equal((await client.hints(uri))[1]?.tooltip, '乙 87% (desk)');
});

test('only rows of the asked range are predicted, and each text once', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.open(uri, text);
  const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 5 } };
  assert.deepEqual(await client.hintLines(uri, range), ['2:0 甲 97%']);
  assert.deepEqual(client.host.seen, ['丢了钱包']);
  await client.hints(uri);
  assert.deepEqual([...client.host.seen].sort(), ['丢了钱包', '怎么报警', '有人打架'].sort());
});

test('a range is clamped to 1,000 rows from its start', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  const rows = Array.from({ length: 3000 }, (_, i) => `甲\t第${i}条`);
  client.open(uri, `场景\t问题\n${rows.join('\n')}\n`);
  const range = { start: { line: 1001, character: 0 }, end: { line: 2900, character: 0 } };
  const hints = await client.hints(uri, range);
  assert.equal(hints.length, 1000);
  assert.deepEqual([hints[0]?.position.line, hints.at(-1)?.position.line], [1001, 2000]);
});

test('a slow model: an answer within 200 ms without hints, then one refresh and hints', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  const release = client.host.hold();
  client.open(uri, text);
  assert.deepEqual(await client.hintLines(uri), []);
  assert.equal(client.refreshes, 0);
  release();
  await client.until(() => client.refreshes === 1);
  assert.equal((await client.hintLines(uri)).length, 3);
  assert.equal(client.refreshes, 1, 'an answer from the cache asks for no refresh');
});

test('an edit is seen: the text is predicted anew, the other rows are not', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.open(uri, text);
  await client.hints(uri);
  client.host.seen.length = 0;
  const at = { line: 2, character: 1 };
  client.change(uri, { range: { start: at, end: at }, text: '我' });
  await client.hints(uri);
  assert.deepEqual(client.host.seen, ['我丢了钱包']);
});

test('a cancelled request is answered as cancelled and stops the model', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  const rows = Array.from({ length: 100 }, (_, i) => `甲\t第${i}条`);
  client.open(uri, `场景\t问题\n${rows.join('\n')}\n`);
  const release = client.host.hold();
  const source = new CancellationTokenSource();
  const answer = client.hints(uri, undefined, source.token);
  await client.until(() => client.status?.busy === true);
  source.cancel();
  await assert.rejects(answer, { code: -32800 });
  release();
  await client.until(() => client.status?.busy === false);
  assert.ok(client.host.seen.length < 100, `${client.host.seen.length} rows were predicted`);
});

test('no hints where they are switched off', async (t) => {
  const client = await openPair(t, { settings: { hints: { enabled: false } } });
  client.files.model('/models/desk', ['甲', '乙']);
  client.open(uri, text);
  assert.deepEqual(await client.hintLines(uri), []);
  client.configure({});
  await client.until(() => client.refreshes > 0);
  assert.equal((await client.hintLines(uri)).length, 3);
});

test('quoted cells with line breaks: the hint stands behind the closing quote', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.open('file:///data/a.csv', '场景,问题\r\n"甲","一\r\n二"\r\n,三\r\n', 'csv');
  assert.deepEqual(await client.hintLines('file:///data/a.csv'), ['1:3 · 97%', '3:0 甲 97%']);
  assert.deepEqual(client.host.seen, ['一\r\n二', '三']);
});

test('a document of another scheme is left alone', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.open('git:/data/train.tsv', text);
  assert.deepEqual(await client.hintLines('git:/data/train.tsv'), []);
});

test('an answer that is no number is no hint, and a hover says so', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.host.script = (text) => ({ label: '', probability: text === '有人打架' ? Number.NaN : 0.97 });
  client.open(uri, '场景\t问题\n甲\t怎么报警\n乙\t有人打架\n');
  assert.equal((await client.hints(uri)).length, 1);
  const hover = await client.hover(uri, { line: 2, character: 3 });
  assert.match(hover ?? '', /—  the model's answer to this text is no number/);
  assert.doesNotMatch(hover ?? '', /NaN/);
});

test('a model whose answers are all no numbers is a model problem, said once', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.host.script = () => ({ label: '', probability: Number.NaN });
  client.open(uri, '场景\t问题\n甲\t怎么报警\n乙\t有人打架\n');
  assert.deepEqual(await client.hints(uri), []);
  await client.until(() => client.status?.files[uri]?.kind === 'bad-model');
  const status = client.status?.files[uri];
  assert.match(status?.kind === 'bad-model' ? status.message : '', /^desk: its answers are no numbers/);
  assert.deepEqual(await client.hints(uri), []);
  assert.equal(client.host.seen.length, 2, 'nothing is asked for again');
});
