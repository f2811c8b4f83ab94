import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  PreviewFile,
  SetColumns,
  StartLabelling,
  WriteLabelSet,
  type LabellingStart,
} from '../../../src/protocol/start-labelling';
import { openPair, type TestClient } from '../support/pair';

const classes = [{ name: '户政' }, { name: '交通', description: '红灯' }];

async function start(client: TestClient, uri: string, textColumn: number, version = 1): Promise<LabellingStart> {
  const answer = await client.request(StartLabelling, { uri, version, textColumn, classes });
  assert.ok(answer);
  return answer;
}

test('a file with a header: preview, one edit, labels.json, and the columns are those that were chosen', async (t) => {
  const uri = 'file:///data/messages.tsv';
  const client = await openPair(t);
  client.open(uri, '编号\t标题\t内容\n1\t身份证\t身份证丢了怎么补办呢\n2\t红灯\t闯红灯会被罚多少钱呢\n');
  await client.until(() => client.status?.files[uri]?.kind === 'no-model');
  assert.deepEqual(client.status?.files[uri], { kind: 'no-model', unlabelled: true });
  const preview = await client.request(PreviewFile, { uri });
  assert.deepEqual(
    preview.columns.map(({ name }) => name),
    ['编号', '标题', '内容'],
  );
  assert.deepEqual(preview.columns[1]?.samples, ['身份证', '红灯']);
  assert.equal(preview.label, undefined);
  const answer = await start(client, uri, 1);
  const { edit } = answer;
  assert.equal(
    edit?.text,
    '标签\t编号\t标题\t内容\n\t1\t身份证\t身份证丢了怎么补办呢\n\t2\t红灯\t闯红灯会被罚多少钱呢\n',
  );
  assert.deepEqual(answer.columns, { text: '标题', label: '标签' });
  assert.deepEqual(answer.first, { line: 1, character: 0 });
  const content = answer.labels ?? '';
  await client.request(WriteLabelSet, { uri, content });
  assert.equal(new TextDecoder().decode(await client.files.read('/data/labels.json')), content);
  const { labels } = JSON.parse(content) as { labels: object[] };
  assert.deepEqual(labels, [
    { name: '户政', color: '#0072b2', key: '1' },
    { name: '交通', description: '红灯', color: '#e69f00', key: '2' },
  ]);
  client.change(uri, edit!);
  await client.request(SetColumns, { uri, columns: answer.columns });
  const again = await client.request(PreviewFile, { uri });
  assert.deepEqual([again.text, again.label], [2, 0]);
  assert.equal(
    await client.request(StartLabelling, { uri, version: 1, textColumn: 1, classes }),
    null,
    'a stale version',
  );
  const second = await start(client, uri, 2, 2);
  assert.equal(second.edit, undefined, 'the empty label column is used');
});

test('a file without a header, in a later session: the columns are remembered; labels bring provisional hints', async (t) => {
  const uri = 'file:///data/lines.tsv';
  const columns = { text: '2', label: '1' };
  const before = '身份证丢了怎么补办\n\n闯红灯会被罚多少钱\n身份证怎么换领\n';
  const first = await openPair(t);
  first.open(uri, before);
  const answer = await start(first, uri, 0);
  assert.equal(answer.edit?.text, '\t身份证丢了怎么补办\n\n\t闯红灯会被罚多少钱\n\t身份证怎么换领\n');
  assert.deepEqual(answer.columns, columns);

  const client = await openPair(t, { columns: { [uri]: columns } });
  client.open(uri, answer.edit.text.replace('\t身', '户政\t身').replace('\t闯', '交通\t闯'));
  assert.match((await client.hintLines(uri)).join(), /^3:0 ≈ 户政 \d+%$/);
});

test('a column of something else is taken for that of the labels: new classes get a column of their own, its own values do not', async (t) => {
  const uri = 'file:///data/a.tsv';
  const client = await openPair(t);
  client.open(uri, '渠道\t问题\n电话\t身份证丢了怎么补办呢\n网页\t闯红灯会被罚多少钱呢\n电话\t有人打架怎么报警呢\n');
  assert.equal((await client.request(PreviewFile, { uri })).label, 0);
  const { edit, columns } = await start(client, uri, 1);
  assert.match(edit?.text ?? '', /^标签\t渠道\t问题\n\t电话\t/);
  assert.deepEqual(columns, { text: '问题', label: '标签' });
  const own = { uri, version: 1, textColumn: 1, classes: [{ name: '电话' }, { name: '网页' }, { name: '来访' }] };
  assert.equal((await client.request(StartLabelling, own))?.edit, undefined);
});

test('an untitled document has no place for labels.json; a broken one is named', async (t) => {
  const client = await openPair(t);
  client.open('untitled:Untitled-1', 'text\nhello there\n');
  const answer = await start(client, 'untitled:Untitled-1', 0);
  const write = { uri: 'untitled:Untitled-1', content: answer.labels ?? '' };
  await assert.rejects(client.request(WriteLabelSet, write), /Save the data as a file first/);
  assert.equal(answer.edit?.text, 'label\ttext\n\thello there\n');
  client.files.set('/data/labels.json', '{"labels":[{"name":""}]}');
  client.open('file:///data/a.tsv', 'text\nhello there\n');
  await assert.rejects(client.request(PreviewFile, { uri: 'file:///data/a.tsv' }), /labels\.json/);
  const over = { uri: 'file:///data/a.tsv', content: answer.labels ?? '' };
  await assert.rejects(client.request(WriteLabelSet, over), /labels\.json/, 'a broken one is not written over');
  client.files.set('/data/labels.json', '{"labels":[{"name":"a"}]}');
  await assert.rejects(client.request(WriteLabelSet, { ...over, content: '{"labels":[{}]}' }), /labels\.json/);
});

test('a label that labels.json has is not written again, and none is taken away', async (t) => {
  const uri = 'file:///data/a.tsv';
  const client = await openPair(t);
  client.files.set('/data/labels.json', '{"labels":[{"name":"户政","key":"9"},{"name":"旧"},{"name":"交通"}]}');
  client.open(uri, 'label\ttext\n\thello there\n');
  assert.equal((await start(client, uri, 1)).labels, undefined);
  const more = await client.request(StartLabelling, { uri, version: 1, textColumn: 1, classes: [{ name: '新' }] });
  const { labels } = JSON.parse(more?.labels ?? '{}') as { labels: { name: string; key?: string }[] };
  assert.deepEqual(labels.map(({ name }) => name), ['户政', '旧', '交通', '新']); // prettier-ignore
  assert.equal(labels[0]?.key, '9');
});

test('100,000 rows: one edit, and the event loop goes on', async (t) => {
  const uri = 'file:///data/big.tsv';
  const client = await openPair(t);
  client.open(uri, `问题\n${Array.from({ length: 100_000 }, (_, i) => `第${i}条怎么办`).join('\n')}\n`);
  const { edit, first } = await start(client, uri, 0);
  assert.equal(edit?.text.split('\n').length, 100_002);
  assert.deepEqual(first, { line: 1, character: 0 });
});
