import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { FindPredictionTarget, WritePredictions, WritingPredictions } from '../../../src/protocol/predict-file';
import { withCells } from '../../../src/server/data/added-cells';
import { scanCells } from '../../../src/server/data/scanner';
import { openPair, type TestClient } from '../support/pair';

const uri = 'file:///w/train.tsv';
const path = '/w/train.tsv';
const target = '/w/train.predicted.tsv';
const text = '场景\t问题\n甲\t怎么报警\n\t丢了钱包\n\n乙\n\t有人打架\t多余\n';

async function opened(t: TestContext, content = text, at = uri): Promise<TestClient> {
  const client = await openPair(t);
  client.files.model('/models/police-desk', ['甲', '乙', '丙']);
  client.host.labels = ['甲', '乙', '丙'];
  client.host.script = (asked) => ({ label: asked.includes('架') ? '乙' : '甲', probability: 0.8 });
  client.files.set(decodeURI(at).replace('file://', ''), content);
  client.open(at, content, at.endsWith('csv') ? 'csv' : 'tsv');
  await client.until(() => client.status?.files[at]?.kind === 'predicting');
  return client;
}

const read = async (client: TestClient, file: string): Promise<string> =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(await client.files.read(file));

test('a copy has the rows as they are and four more columns; rows without text have none, short rows are filled up', async (t) => {
  const client = await opened(t);
  assert.deepEqual(await client.request(FindPredictionTarget, { uri }), { path: target, exists: false, free: target });
  const written = await client.request(WritePredictions, { uri, path: target, replace: false });
  assert.deepEqual(written, { path: target, predicted: 3, without: 2, ragged: 1 });
  assert.deepEqual((await read(client, target)).split('\n'), [
    '场景\t问题\tprediction\tprobability\tsecond_prediction\tsecond_probability',
    '甲\t怎么报警\t甲\t0.800000\t乙\t0.100000',
    '\t丢了钱包\t甲\t0.800000\t乙\t0.100000',
    '',
    '乙\t\t\t\t\t',
    '\t有人打架\t多余\t乙\t0.800000\t甲\t0.100000',
    '',
  ]);
  assert.ok(client.heard(WritingPredictions).length > 0);
});

test('a file that is there is replaced only where that was agreed, and another name is offered', async (t) => {
  const client = await opened(t);
  client.files.set(target, 'precious');
  const free = '/w/train.predicted-2.tsv';
  assert.deepEqual(await client.request(FindPredictionTarget, { uri }), { path: target, exists: true, free });
  await assert.rejects(client.request(WritePredictions, { uri, path: target, replace: false }), /is there already/);
  assert.equal(await read(client, target), 'precious');
  await client.request(WritePredictions, { uri, path: free, replace: false });
  await client.request(WritePredictions, { uri, path: target, replace: true });
  assert.equal(await read(client, target), await read(client, free));
  for (const other of ['/etc/passwd', path, '/w/train.predicted-x.tsv', '/w/../w/train.predicted.tsv'])
    await assert.rejects(client.request(WritePredictions, { uri, path: other, replace: true }), /is no name that/);
});

test('CSV keeps its quotes, line ends and byte order mark', async (t) => {
  const csv = 'file:///w/rows.csv';
  const content = '场景,问题\r\n甲,"怎么, ""报警"""\r\n,有人打架\r\n';
  const client = await opened(t, content, csv);
  client.files.set('/w/rows.csv', `\ufeff${content}`);
  await client.request(WritePredictions, { uri: csv, path: '/w/rows.predicted.csv', replace: false });
  assert.equal(
    await read(client, '/w/rows.predicted.csv'),
    '\ufeff场景,问题,prediction,probability,second_prediction,second_probability\r\n' +
      '甲,"怎么, ""报警""",甲,0.800000,乙,0.100000\r\n,有人打架,乙,0.800000,甲,0.100000\r\n',
  );
});

test('what changes meanwhile is not written, nor what has no model, no file or an open quote', async (t) => {
  const client = await opened(t);
  const open = client.host.hold();
  const writing = client.request(WritePredictions, { uri, path: target, replace: false });
  await client.until(() => client.heard(WritingPredictions).length > 0);
  client.change(uri, { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } }, text: '乙' });
  // Its answer says that the change was read.
  await client.request(FindPredictionTarget, { uri });
  open();
  await assert.rejects(writing, /changed/);
  assert.equal(await client.files.exists(target), false);
  client.open('untitled:a', text);
  await assert.rejects(client.request(FindPredictionTarget, { uri: 'untitled:a' }), /Save the data as a file first/);
  client.open('file:///w/other.tsv', 'x\ty\n');
  await assert.rejects(client.request(FindPredictionTarget, { uri: 'file:///w/other.tsv' }), /Nothing predicts/);
});

test('rows keep every byte, and a reader finds the new cells behind them', () => {
  const cell = fc.constantFrom('a', '文', '', '"', ',', '\t', 'a "b"', '\n');
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom('a', '', '文 b'), { minLength: 1, maxLength: 4 }), { minLength: 1 }),
      fc.array(cell, { minLength: 1, maxLength: 3 }),
      (rows, cells) => {
        const content = rows.map((row) => row.join(',')).join('\n');
        const index = scanCells(content, 'csv');
        for (let row = 0; row < index.rowCount; row++) {
          const line = withCells(content, index, row, 4, cells);
          assert.ok(line.startsWith(content.slice(index.rowStart(row), index.rowEnd(row))));
          const again = scanCells(line, 'csv');
          assert.deepEqual([again.rowCount, again.cellCount(0)], [1, 4 + cells.length]);
        }
      },
    ),
  );
});
