import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NextRow } from '../../../src/protocol/labelling';
import { openPair } from '../support/pair';

const uri = 'file:///data/train.tsv';
const rows = ['\t身份证怎么补办', '\t身份证怎么换领', '\t补办身份证多久', '\t闯红灯罚多少钱', '\t红灯闯了罚多少'];
const text = `场景\t问题\n${rows.join('\n')}\n`;

test('without a label: the row that most others resemble; then one unlike those labelled; never one left out', async (t) => {
  const client = await openPair(t);
  client.open(uri, text);
  const next = (except: number[] = []) => client.request(NextRow, { uri, kind: 'proposed', except });
  const first = await next();
  assert.ok(first && first.row >= 1 && first.row <= 3 && first.line === first.row, JSON.stringify(first));
  const at = { line: first.row, character: 0 };
  client.change(uri, { range: { start: at, end: at }, text: '户政' });
  const second = await next();
  assert.ok(second && second.row >= 4, JSON.stringify(second));
  const third = await next([second.row]);
  assert.ok(third && third.row !== second.row && third.row !== first.row);
  assert.equal(await next([1, 2, 3, 4, 5]), null);
});

test('uncertain: the row whose two best labels are closest', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.host.script = (row) => ({ label: '甲', probability: row === '补办身份证多久' ? 0.55 : 0.9 });
  client.open(uri, text);
  assert.deepEqual(await client.request(NextRow, { uri, kind: 'uncertain', except: [] }), { row: 3, line: 3 });
  assert.notEqual((await client.request(NextRow, { uri, kind: 'uncertain', except: [3] }))?.row, 3);
});
