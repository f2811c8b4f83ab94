import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { writeAnswers, HELD_OUT_ANSWERS } from '../../../src/server/runs/crossval/answers';
import { createCrossval, foldFolder } from '../../../src/server/runs/crossval/record';
import { textHash } from '../../../src/server/runs/run-folder';
import { fullReport } from '../support/diagnostics';
import { openPair, type PairOptions, type TestClient } from '../support/pair';

const TEXTS = ['补办身份证', '闯红灯罚款', '换领身份证', '酒后驾车'];
const GIVEN = ['户政', '户政', '户政', '交通'];
/** The probability of 户政 by the model of the row's fold. */
const SAID = [0.98, 0.03, 0.6, 0.04];
const text = `场景\t问题\n${TEXTS.map((words, row) => `${GIVEN[row]}\t${words}`).join('\n')}\n户政\t后来的一行\n`;

/** A workspace on the disk with a cross-validation of two folds, of which `done` are at their end. */
async function workspace(
  t: TestContext,
  done = 2,
): Promise<{ root: string; uri: string; finish: () => Promise<void> }> {
  const root = mkdtempSync(join(tmpdir(), 'rowlight-folds-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, '.rowlight/runs/cv');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, 'train.tsv'), text);
  await createCrossval(folder, {
    id: 'cv',
    createdAt: '2026-11-25T10:00:00.000Z',
    rowlight: '0.2.0',
    arguments: [],
    data: { path: join(root, 'train.tsv'), sha256: '' },
    columns: { text: '问题', label: '场景' },
    headerless: false,
    labels: ['户政', '交通'],
    stratified: true,
    seed: 1,
    heldOut: [
      [0, 1],
      [2, 3],
    ],
  });
  const answer = async (fold: number): Promise<void> => {
    const place = foldFolder(folder, fold + 1);
    mkdirSync(place, { recursive: true });
    const rows = [2 * fold, 2 * fold + 1];
    const answers = rows.map((row) => ({
      row,
      hash: textHash(TEXTS[row]!),
      probabilities: [SAID[row]!, 1 - SAID[row]!],
    }));
    await writeAnswers(place, HELD_OUT_ANSWERS, answers);
  };
  for (let fold = 0; fold < done; fold++) await answer(fold);
  return { root, uri: pathToFileURL(join(root, 'train.tsv')).href, finish: () => answer(0) };
}

/** The contradictions that are reported: line and message. */
async function contradictions(client: TestClient, uri: string): Promise<string[]> {
  const { items } = await fullReport(client, uri);
  return items
    .filter(({ code }) => code === 'contradicted-label')
    .map(({ range, message }) => `${range.start.line} ${message}`);
}

async function open(t: TestContext, root: string, uri: string, options: PairOptions = {}): Promise<TestClient> {
  const client = await openPair(t, { folders: [root], ...options });
  client.open(uri, text);
  await fullReport(client, uri);
  return client;
}

test('a cross-validation judges the rows that a model was trained on, also where no model predicts the file', async (t) => {
  const { root, uri } = await workspace(t);
  const client = await open(t, root, uri);
  await client.until(() => client.diagnosticRefreshes > 0);
  assert.deepEqual(await contradictions(client, uri), [
    '2 The model says "交通" (97%), the label is "户政". In cross-validation it was not trained on this row. Check which is right.',
  ]);
  // The row is mended, and nothing is left to say.
  const at = { line: 2, character: 0 };
  client.change(uri, { range: { start: at, end: { line: 2, character: 2 } }, text: '交通' });
  assert.deepEqual(await contradictions(client, uri), []);
});

test('it goes before what the model says of its own rows; of other rows the model speaks', async (t) => {
  const { root, uri } = await workspace(t);
  const client = await openPair(t, { folders: [root], locale: 'zh-cn' });
  client.files.model('/models/desk', ['户政', '交通']);
  client.host.labels = ['户政', '交通'];
  client.host.script = (words) => ({ label: words === '后来的一行' ? '交通' : '户政', probability: 0.95 });
  client.open(uri, text);
  await fullReport(client, uri);
  await client.until(() => client.diagnosticRefreshes > 0);
  const found = await contradictions(client, uri);
  assert.deepEqual(
    found.map((line) => line.slice(0, 18)),
    ['2 模型判断为“交通”（97%），标', '5 模型判断为“交通”（95%），标'],
  );
  assert.match(found[0] ?? '', /交叉验证/);
  assert.deepEqual(
    client.host.seen.filter((words) => TEXTS.includes(words)).length <= 1,
    true,
    'no need to ask the model',
  );
});

test('one under way helps as far as it has come; in Restricted Mode nothing is looked into', async (t) => {
  const { root, uri, finish } = await workspace(t, 0);
  const client = await open(t, root, uri);
  assert.deepEqual(await contradictions(client, uri), []);
  await finish();
  await fullReport(client, uri);
  await client.until(() => client.diagnosticRefreshes > 0);
  assert.equal((await contradictions(client, uri)).length, 1);
  const other = await workspace(t);
  const closed = await open(t, other.root, other.uri, { trusted: false });
  assert.deepEqual(await contradictions(closed, other.uri), []);
  assert.equal(closed.diagnosticRefreshes, 0);
});
