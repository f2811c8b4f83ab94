import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markedText } from '../../support/marked-text';
import { openPair } from '../support/pair';

const uri = 'file:///data/train.tsv';

test('over the text and the label cell: bars, tokens and model; elsewhere nothing', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  const { text, cursors } = markedText('场景\t<|>问题\t备注\n<|>甲\t怎么<|>报警\t<|>注\n');
  const [header, label, cell, other] = cursors;
  client.open(uri, text);
  const expected = [
    '```text',
    '████████████████   97%  甲',
    '░░░░░░░░░░░░░░░░    3%  乙',
    '```',
    '',
    'The model reads 6 tokens\\:',
    '',
    '```text',
    '[CLS] 怎 么 报 警 [SEP]',
    '```',
    '',
    'Model\\: desk',
  ].join('\n');
  assert.equal(await client.hover(uri, cell!), expected);
  assert.equal(await client.hover(uri, label!), expected);
  assert.equal(await client.hover(uri, header!), undefined);
  assert.equal(await client.hover(uri, other!), undefined);
});

test('a hover goes before the rows on the screen', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  const rows = Array.from({ length: 200 }, (_, i) => `甲\t第${i}条`);
  client.open(uri, `场景\t问题\n${rows.join('\n')}\n`);
  const release = client.host.hold();
  const hints = client.hints(uri, { start: { line: 0, character: 0 }, end: { line: 150, character: 0 } });
  await client.until(() => client.status?.busy === true);
  const hover = client.hover(uri, { line: 190, character: 3 });
  await hints;
  release();
  assert.ok(await hover);
  const place = client.host.seen.indexOf('第189条');
  assert.ok(place >= 0 && place <= 8, `it was number ${place}`);
});

test('an edit during a hover: the client is told to ask again', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.open(uri, '场景\t问题\n甲\t怎么报警\n');
  const release = client.host.hold();
  const hover = client.hover(uri, { line: 1, character: 3 });
  await client.until(() => client.status?.busy === true);
  const at = { line: 1, character: 2 };
  client.change(uri, { range: { start: at, end: at }, text: '请问' });
  const rejected = assert.rejects(hover, { code: -32801 });
  await client.hover(uri, { line: 9, character: 0 });
  release();
  await rejected;
});
