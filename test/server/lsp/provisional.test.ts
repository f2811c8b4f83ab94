import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UseModel } from '../../../src/protocol/messages';
import { measureTurns } from '../../support/turns';
import { openPair, type TestClient } from '../support/pair';

const uri = 'file:///data/train.tsv';
const text = [
  '场景\t问题',
  '户政\t身份证丢了怎么补办',
  '户政\t孩子的户口怎么迁',
  '交通\t闯红灯罚多少钱',
  '交通\t驾照扣了几分怎么查',
  '\t身份证怎么换领',
  '\t在哪里闯红灯会被罚',
  '',
].join('\n');

const status = (client: TestClient) => client.status?.files[uri];
const rows = (client: TestClient): number | undefined => {
  const file = status(client);
  return file?.kind === 'provisional' ? file.rows : undefined;
};

test('without a model the labelled rows predict the others, and hint, hover and status say what they are', async (t) => {
  const client = await openPair(t);
  client.open(uri, text);
  const lines = await client.hintLines(uri);
  assert.deepEqual(
    lines.map((line) => line.replace(/\d+%/, 'N')),
    ['5:0 ≈ 户政 N', '6:0 ≈ 交通 N'],
  );
  for (const line of lines) {
    const per = Number(/(\d+)%/.exec(line)?.[1]);
    assert.ok(per > 50 && per < 90, `${line}: four rows justify no more`);
  }
  assert.match(
    String((await client.hints(uri))[0]?.tooltip),
    /^户政 \d+% \nProvisional: naive Bayes on 4 labelled rows$/,
  );
  const hover = await client.hover(uri, { line: 5, character: 3 });
  assert.match(
    hover ?? '',
    /^```text\n█+░+ +\d+% {2}户政\n█*░+ +\d+% {2}交通\n```\n\nProvisional\\: naive Bayes on 4 labelled rows$/,
  );
  await client.until(() => rows(client) === 4);
  assert.deepEqual(status(client), {
    kind: 'provisional',
    method: 'naive-bayes',
    rows: 4,
    labels: 2,
    textColumn: '问题',
    labelColumn: '场景',
  });
  assert.equal(client.host.forks, 0, 'no model was asked');
});

test('one label is not enough; the second brings hints, taking it back takes them away', async (t) => {
  const client = await openPair(t);
  client.open(uri, '场景\t问题\n户政\t身份证丢了\n\t闯红灯\n\t补办身份证\n');
  assert.deepEqual(await client.hintLines(uri), []);
  await client.until(() => status(client)?.kind === 'no-model');
  const at = { line: 2, character: 0 };
  client.change(uri, { range: { start: at, end: at }, text: '交通' });
  await client.until(() => rows(client) === 2);
  assert.deepEqual(
    (await client.hintLines(uri)).map((line) => line.replace(/\d+%/, 'N')),
    ['3:0 ≈ 户政 N'],
  );
  client.change(uri, { range: { start: at, end: { line: 2, character: 2 } }, text: '' });
  await client.until(() => status(client)?.kind === 'no-model');
  assert.deepEqual(await client.hintLines(uri), []);
});

test('labels change, rows come and go: it knows the rows as they stand', async (t) => {
  const client = await openPair(t);
  client.open(uri, text);
  await client.until(() => rows(client) === 4);
  const at = { line: 1, character: 0 };
  client.change(uri, { range: { start: at, end: at }, text: '治安\t有人打架\n治安\t邻居太吵\n' });
  await client.until(() => rows(client) === 6);
  client.change(uri, { range: { start: { line: 3, character: 0 }, end: { line: 5, character: 0 } }, text: '' });
  await client.until(() => rows(client) === 4);
  const labels = (await client.hover(uri, { line: 6, character: 3 }))?.match(/(?<=% {2})\S+/g);
  assert.deepEqual(labels?.sort(), ['交通', '治安']);
  // The whole text at once, as a revert has it.
  client.change(uri, { text });
  await client.until(() => rows(client) === 4 && JSON.stringify(status(client)).includes('"labels":2'));
  assert.equal((await client.hintLines(uri)).length, 2);
});

test('where labels.json says which labels there are, others don’t count', async (t) => {
  const client = await openPair(t);
  client.files.set('/data/labels.json', '{"labels":[{"name":"户政"},{"name":"交通"}]}');
  client.open(uri, text.replace('交通\t驾照', '交\t驾照'));
  await client.until(() => rows(client) === 3);
  assert.equal(JSON.stringify(status(client)).includes('"labels":2'), true);
});

test('a model takes over, and gives way again', async (t) => {
  const client = await openPair(t);
  client.open(uri, text);
  await client.until(() => rows(client) === 4);
  client.files.model('/elsewhere/desk', ['户政', '交通']);
  client.host.labels = ['户政', '交通'];
  client.host.script = () => ({ label: '交通', probability: 0.9 });
  await client.request(UseModel, { uri, folder: '/elsewhere/desk' });
  await client.until(() => status(client)?.kind === 'predicting');
  assert.equal((await client.hintLines(uri)).at(-1), '6:0 交通 90%');
  await client.request(UseModel, { uri, folder: null });
  await client.until(() => status(client)?.kind === 'provisional');
  assert.match((await client.hintLines(uri)).at(-1) ?? '', /≈ 交通/);
});

test('a file of 50,000 labelled rows is fitted without holding the event loop', async (t) => {
  const client = await openPair(t, { locale: 'zh-cn' });
  const many = Array.from(
    { length: 50_000 },
    (_, i) => `${i % 2 ? '户政' : '交通'}\t${i % 2 ? '户口' : '红灯'}第${i}问`,
  );
  const turns = measureTurns();
  client.open(uri, `场景\t问题\n${many.join('\n')}\n\t红灯怎么办\n`);
  await client.until(() => status(client)?.kind === 'provisional');
  const { longest, total } = turns();
  const counted = rows(client) ?? 0;
  assert.ok(counted > 10_000 && counted <= 20_000, `${counted} rows`);
  t.diagnostic(`longest turn ${longest.toFixed(0)} ms of ${total.toFixed(0)}`);
  assert.ok(longest < total / 3, `held for ${longest} ms of ${total}`);
  const hints = await client.hints(uri, { start: { line: 50_001, character: 0 }, end: { line: 50_001, character: 5 } });
  assert.match(String(hints[0]?.tooltip), /^交通 \d+% \n暂定预测：朴素贝叶斯，依据 \d+ 行已标注数据$/);
});

test('whoever labels without a pause gets hints all the same', async (t) => {
  const client = await openPair(t);
  client.open(uri, `${text}${'\t补办\n'.repeat(100)}`);
  await client.until(() => rows(client) === 4);
  const from = text.split('\n').length - 1;
  let labelled = 0;
  for (; labelled < 100 && rows(client) === 4; labelled++) {
    const at = { line: from + labelled, character: 0 };
    client.change(uri, { range: { start: at, end: at }, text: '户政' });
    // Faster than labels are taken to be settled.
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  assert.ok(labelled < 100, 'no fit while edits came');
});
