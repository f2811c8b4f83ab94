import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markedText } from '../../support/marked-text';
import { openPair, type TestClient } from '../support/pair';

const uri = 'file:///data/train.csv';

async function opened(t: Parameters<typeof openPair>[0], marked: string, language = 'csv') {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙,丙']);
  client.host.labels = ['甲', '乙,丙'];
  client.host.script = (row) => ({ label: row.startsWith('丢') ? '乙,丙' : '甲', probability: 0.9 });
  const { text, cursors } = markedText(marked);
  client.open(uri, text, language);
  return { client, cursors };
}

const labels = async (client: TestClient, at: { line: number; character: number } | undefined): Promise<string[]> =>
  (await client.completion(uri, at!)).map(({ label }) => label);

test('in a label cell: every label, the most probable first, put in place of the whole cell and quoted where it must be', async (t) => {
  const { client, cursors } = await opened(t, '场景,问题\n<|>,丢了钱包\n"甲<|>",有人打架\n');
  const [empty, quoted] = cursors.map(({ line, character }) => ({ line, character }));
  const items = await client.completion(uri, empty!);
  assert.deepEqual(
    items.map(({ label, sortText, textEdit, labelDetails }) => [label, sortText, textEdit, labelDetails?.description]),
    [
      ['乙,丙', '0000', { range: { start: empty, end: empty }, newText: '"乙,丙"' }, '90% · 1'],
      ['甲', '0001', { range: { start: empty, end: empty }, newText: '甲' }, '10% · 2'],
    ],
  );
  const others = await client.completion(uri, quoted!);
  const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 3 } };
  assert.deepEqual(
    others.map(({ label, filterText, textEdit }) => [label, filterText, textEdit]),
    [
      ['甲', '"甲', { range, newText: '"甲"' }],
      ['乙,丙', '"甲', { range, newText: '"乙,丙"' }],
    ],
  );
});

test('elsewhere nothing: the header, the text, a cell over several lines', async (t) => {
  const { client, cursors } = await opened(t, '场<|>景,问题\n甲,丢了<|>钱包\n"甲\n<|>",有人\n');
  for (const cursor of cursors) assert.deepEqual(await labels(client, cursor), []);
});

test('the guideline of labels.json is the documentation, as plain text; no model is needed', async (t) => {
  const client = await openPair(t);
  client.files.set('/data/labels.json', '{"labels":[{"name":"丙","description":"[x](command:y)","key":"z"}]}');
  const { text, cursors } = markedText('场景,问题\n<|>,丢了钱包\n甲,有人\n');
  client.open(uri, text, 'csv');
  const [item] = await client.completion(uri, cursors[0]!);
  assert.deepEqual([item?.label, item?.documentation, item?.labelDetails?.description], ['丙', '[x](command:y)', 'z']);
});
