/** A file whose rows have several labels, and a model that gives several: hints, acts, problems and the plan of a run. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { GetLabelEdits, type LabelAct } from '../../../src/protocol/label-acts';
import { PlanRun } from '../../../src/protocol/messages';
import { trainArguments } from '../../../src/protocol/train-command';
import { openPair, type TestClient } from '../support/pair';
import { fullReport } from '../support/diagnostics';

const text = '场景\t问题\n乙|甲\t怎么报警\n甲\t有人打架\n\t丢了钱包\n';

/** A client with that file open, predicted by a model of the labels 甲, 乙 and 丙. */
async function opened(t: TestContext, content = text): Promise<{ client: TestClient; uri: string }> {
  const root = mkdtempSync(join(tmpdir(), 'rowlight-lsp-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'train.tsv');
  writeFileSync(path, content);
  const client = await openPair(t, { folders: [root] });
  const folder = '/models/desk';
  client.files.model(folder, ['甲', '乙', '丙']);
  const config = JSON.parse(new TextDecoder().decode(await client.files.read(`${folder}/config.json`))) as object;
  client.files.set(`${folder}/config.json`, JSON.stringify({ ...config, problem_type: 'multi_label_classification' }));
  const rowlight = {
    format: 1,
    columns: { text: '问题', label: '场景' },
    maxLength: 16,
    multiLabel: { delimiter: '|' },
  };
  client.files.set(`${folder}/rowlight.json`, JSON.stringify(rowlight));
  client.host.script = (row) => ({ label: row === '有人打架' ? '乙' : '甲|乙', probability: 0.97 });
  const uri = pathToFileURL(path).href;
  client.open(uri, content);
  await client.until(() => client.status?.files[uri]?.kind === 'predicting');
  return { client, uri };
}

test('hints tell the sets that are predicted; one set in another order is the same', async (t) => {
  const { client, uri } = await opened(t);
  assert.deepEqual(await client.hintLines(uri), ['1:3 · 97%', '2:1 → 乙 97%', '3:0 甲|乙 97%']);
});

test('accepting writes the joined cell; setting a label adds it to the others, or takes it away', async (t) => {
  const { client, uri } = await opened(t);
  await client.hintLines(uri);
  const cells = async (act: LabelAct) =>
    (await client.request(GetLabelEdits, { uri, version: 1, act }))?.edits.map(({ text: cell }) => cell);
  assert.deepEqual(await cells({ kind: 'accept', lines: [[3, 3]] }), ['甲|乙']);
  assert.deepEqual(await cells({ kind: 'set', label: '丙', lines: [[1, 3]] }), ['甲|乙|丙', '甲|丙', '丙']);
  assert.deepEqual(await cells({ kind: 'set', label: '甲', lines: [[1, 2]] }), ['乙', '|']);
  assert.deepEqual(await cells({ kind: 'set', label: '丙|乙', lines: [[3, 3]] }), ['丙|乙']);
});

test('a cell of several labels is no unknown or misspelt label, however rare the set', async (t) => {
  const rows = Array.from({ length: 8 }, (_, row) => `甲|丙\t第${row}行文字\n`).join('');
  const { client, uri } = await opened(t, `场景\t问题\n${rows}甲|乙\t怎么报警\n`);
  const { items } = await fullReport(client, uri);
  assert.deepEqual(
    items.filter(({ code }) => code === 'unknown-label' || code === 'near-label'),
    [],
  );
});

test('a cell that a confident set contradicts is reported; one in another order is not', async (t) => {
  const { client, uri } = await opened(t, '场景\t问题\n乙|甲\t怎么报警\n甲\t有人打架\n甲\t丢了钱包\n|\t捡到手机\n'); // prettier-ignore
  await fullReport(client, uri);
  await client.until(() => client.diagnosticRefreshes > 0);
  const { items } = await fullReport(client, uri);
  const found = items.filter(({ code }) => code === 'contradicted-label');
  assert.deepEqual(
    found.map(({ range, message }) => [range.start.line, /says "([^"]+)" \(97%\), the label is "([^"]+)"/.exec(String(message))?.slice(1)]), // prettier-ignore
    [
      [2, ['乙', '甲']],
      [3, ['甲|乙', '甲']],
      [4, ['甲|乙', '|']],
    ],
  );
});

test('a run from the editor is one of several labels, too', async (t) => {
  const { client, uri } = await opened(t);
  client.files.model('/models/zh-mini', []);
  const plan = await client.request(PlanRun, { uri });
  assert.deepEqual([plan.delimiter, plan.labels], ['|', 2]);
  const line = trainArguments(plan, plan.recommended).join(' ');
  assert.match(line, / --task multi-label --label-delimiter \| /);
});
