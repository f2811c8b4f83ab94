import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { RowlightError } from '../../../src/server/errors';
import { createRandom } from '../../../src/server/training/random';
import { openPair, type PairOptions, type TestClient } from '../support/pair';

const uri = 'file:///data/train.tsv';
const random = createRandom(5, 0);

/** A text like no other: what it is about only the base model can tell. */
const unheard = (): string =>
  Array.from({ length: 8 }, () => String.fromCharCode(0x4e00 + random.below(9000))).join('');

interface Row {
  readonly label: string;
  readonly text: string;
  readonly given: boolean;
}

const rowsOf = (labelled: number, others: number): Row[] =>
  Array.from({ length: labelled + others }, (_, i) => ({ label: i % 2 ? '户政' : '交通', text: unheard(), given: i < labelled })); // prettier-ignore

const write = (rows: readonly Row[]): string =>
  `场景\t问题\n${rows.map(({ label, text, given }) => `${given ? label : ''}\t${text}`).join('\n')}\n`;

/** A server with a base model for which a text's class is plain (`telling`), or not. */
async function openWithBase(t: TestContext, rows: readonly Row[], telling = true, options: PairOptions = {}) {
  const client = await openPair(t, options);
  client.files.model('/models/zh-mini', []);
  const classes = new Map(rows.map(({ text, label }) => [text, label === '户政' ? 1 : -1]));
  client.host.features = (text) => {
    const noise = createRandom(text.charCodeAt(6), 1);
    return Array.from({ length: 6 }, (_, i) => noise.float() + (i === 2 && telling ? 2 * (classes.get(text) ?? 0) : 0));
  };
  return client;
}

const status = (client: TestClient) => {
  const file = client.status?.files[uri];
  return file?.kind === 'provisional' ? file : undefined;
};

test('a head on a base model takes over where the words of the labelled rows say nothing, and says what it is', async (t) => {
  const rows = rowsOf(40, 6);
  const client = await openWithBase(t, rows);
  client.open(uri, write(rows));
  await client.until(() => status(client)?.method === 'head');
  assert.deepEqual(status(client), {
    kind: 'provisional',
    method: 'head',
    base: 'zh-mini',
    rows: 40,
    labels: 2,
    textColumn: '问题',
    labelColumn: '场景',
  });
  const hints = await client.hintLines(uri);
  assert.deepEqual(
    hints.map((line) => line.replace(/ \d+%/, '')),
    rows.slice(40).map(({ label }, i) => `${41 + i}:0 ≈ ${label}`),
  );
  assert.match(
    String((await client.hints(uri))[0]?.tooltip),
    /^交通 \d+% \nProvisional: a head on zh-mini, with naive Bayes, on 40 labelled rows$/,
  );
  assert.match((await client.hover(uri, { line: 41, character: 2 })) ?? '', /Provisional\\: a head on zh\\-mini/);
});

test('only what is needed is encoded: the labelled rows and those on the screen', async (t) => {
  const rows = rowsOf(30, 3000);
  const client = await openWithBase(t, rows);
  client.open(uri, write(rows));
  await client.until(() => status(client)?.method === 'head');
  await client.hints(uri, { start: { line: 100, character: 0 }, end: { line: 119, character: 0 } });
  assert.equal(new Set(client.host.encoded).size, 30 + 20);
  assert.equal(client.host.encoded.length, 50, 'none twice');
});

test('a base model that tells nothing leaves it to naive Bayes', async (t) => {
  const rows = rowsOf(40, 2).map((row) => ({ ...row, text: `${row.label}${row.text}` }));
  const client = await openWithBase(t, rows, false, { locale: 'zh-cn' });
  client.open(uri, write(rows));
  await client.until(() => client.host.heads > 0);
  assert.equal(status(client)?.method, 'naive-bayes');
  assert.match(String((await client.hints(uri))[0]?.tooltip), /暂定预测：朴素贝叶斯，依据 40 行已标注数据$/);
});

test('a new label: naive Bayes knows it at once, the head soon', async (t) => {
  const rows = rowsOf(40, 4);
  const client = await openWithBase(t, rows);
  client.open(uri, write(rows));
  await client.until(() => status(client)?.method === 'head');
  const at = { line: 44, character: 0 };
  client.change(uri, { range: { start: at, end: at }, text: '治安' });
  await client.until(() => status(client)?.labels === 3 && status(client)?.method === 'naive-bayes');
  await client.until(() => status(client)?.labels === 3 && status(client)?.method === 'head');
});

test('a base model that fails is done without', async (t) => {
  const rows = rowsOf(40, 2);
  const client = await openWithBase(t, rows);
  client.host.loadError = new RowlightError('bad-model', '/models/zh-mini: broken');
  client.open(uri, write(rows));
  await client.until(() => client.logged.some((line) => line.includes('naive Bayes predicts alone')));
  assert.equal(status(client)?.method, 'naive-bayes');
  assert.equal((await client.hints(uri)).length, 2);
});

test('in Restricted Mode the base is the one that came with Rowlight', async (t) => {
  const rows = rowsOf(40, 2);
  const client = await openWithBase(t, rows, true, { trusted: false, folders: ['/data'] });
  client.open(uri, write(rows));
  await client.until(() => status(client)?.method === 'head');
  assert.equal(status(client)?.base, 'zh-mini');
});
