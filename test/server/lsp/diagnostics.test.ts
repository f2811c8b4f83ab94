import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancellationTokenSource, DiagnosticSeverity, DocumentDiagnosticReportKind } from 'vscode-languageserver/node';
import { MOST_DIAGNOSTICS } from '../../../src/server/lsp/diagnostics';
import { openPair } from '../support/pair';
import { diagnosticLines, fullReport, pull } from '../support/diagnostics';

const uri = 'file:///data/train.tsv';
const text = '场景\t问题\n甲类\t怎么报警\n甲类\t丢了钱包\n乙类\t怎么报警\n甲累\t有人打架\n乙类\t\n乙类\n';

test('what a file is told, with places, severities and links to the twin', async (t) => {
  const client = await openPair(t);
  client.files.set('/data/labels.json', '{"labels":[{"name":"甲类"},{"name":"乙类"}]}');
  client.open(uri, text);
  const { items } = await fullReport(client, uri);
  assert.deepEqual(diagnosticLines(items), [
    '1:0-1:2 warning conflicting-labels',
    '3:0-3:2 warning conflicting-labels',
    '4:0-4:2 warning near-label',
    '5:3-5:3 warning empty-text',
    '6:0-6:2 error ragged-row',
  ]);
  for (const { source, code } of items) assert.deepEqual([source, typeof code], ['Rowlight', 'string']);
  assert.match(String(items[0]!.message), /The same text is labelled "乙类" in line 4, and "甲类" here\. Decide/);
  assert.deepEqual(items[0]!.relatedInformation, [
    {
      location: { uri, range: { start: { line: 3, character: 0 }, end: { line: 3, character: 2 } } },
      message: 'Line 4: the same text, labelled "乙类"',
    },
  ]);
  assert.match(
    String(items[2]!.message),
    /"甲累": did you mean "甲类"\? Correct the label, or add it to labels\.json\./,
  );
});

test('the messages are Chinese where the client is', async (t) => {
  const client = await openPair(t, { locale: 'zh-cn' });
  client.open(uri, '场景\t问题\n甲\t一\n甲\t一\n');
  const { items } = await fullReport(client, uri);
  assert.match(String(items[0]!.message), /^相同的文本已在第 2 行出现。/);
  assert.equal(items[0]!.relatedInformation?.[0]?.message, '第 2 行：相同的文本，标为“甲”');
});

test('a second pull is unchanged, also after an edit that moves no finding; another edit brings a new report', async (t) => {
  const client = await openPair(t);
  client.open(uri, text);
  const { resultId } = await fullReport(client, uri);
  assert.deepEqual(await pull(client, uri, resultId), { kind: DocumentDiagnosticReportKind.Unchanged, resultId });
  const end = { line: 2, character: 7 };
  client.change(uri, { range: { start: end, end }, text: '了' });
  assert.deepEqual(await pull(client, uri, resultId), { kind: DocumentDiagnosticReportKind.Unchanged, resultId });
  client.change(uri, { range: { start: { line: 5, character: 3 }, end: { line: 5, character: 3 } }, text: '满了' });
  const next = await pull(client, uri, resultId);
  assert.equal(next.kind, 'full');
  assert.notEqual(next.resultId, resultId);
  assert.ok(!diagnosticLines((await fullReport(client, uri)).items).some((line) => line.includes('empty-text')));
});

test('a change of labels.json is seen at the next pull', async (t) => {
  const client = await openPair(t);
  client.open(uri, '场景\t问题\n甲类\t一\n丙\t二\n');
  assert.deepEqual((await fullReport(client, uri)).items, []);
  client.files.set('/data/labels.json', '{"labels":[{"name":"甲类"}]}');
  assert.deepEqual(diagnosticLines((await fullReport(client, uri)).items), ['2:0-2:1 warning unknown-label']);
});

test('a broken labels.json is said on the header, and labels are not checked against it', async (t) => {
  const client = await openPair(t);
  client.files.set('/data/labels.json', '{"labels":[{"name":"甲类","key":"1"},{"name":"乙类","key":"1"}]}');
  client.open(uri, '场景\t问题\n丙\t一\n');
  const { items } = await fullReport(client, uri);
  assert.deepEqual(diagnosticLines(items), ['0:0-0:5 warning bad-label-set']);
  assert.match(String(items[0]?.message), /^labels\.json: two labels have the key "1"\. Labels are not checked/);
});

test('more than fits: a thousand at most, the gravest among them, and one that counts the rest', async (t) => {
  const client = await openPair(t);
  const rows = Array.from({ length: 3000 }, (_, row) => `甲\t同${row === 2500 ? '\tx' : ''}\n`);
  client.open(uri, `场景\t问题\n${rows.join('')}`);
  const { items } = await fullReport(client, uri);
  assert.equal(items.length, MOST_DIAGNOSTICS);
  assert.ok(items.some(({ code, severity }) => code === 'ragged-row' && severity === DiagnosticSeverity.Error));
  const last = items.at(-1)!;
  assert.equal(last.code, 'more-problems');
  assert.equal(last.range.start.line, 0);
  assert.match(String(last.message), /^2,000 more problems are not shown \(duplicate texts: 2,000\)/);
});

test('a cancelled pull ends as cancelled', async (t) => {
  const client = await openPair(t);
  const rows = Array.from({ length: 60_000 }, (_, row) => `甲\t第${row}条\n`);
  client.open(uri, `场景\t问题\n${rows.join('')}`);
  const source = new CancellationTokenSource();
  const answer = pull(client, uri, undefined, source.token);
  source.cancel();
  await assert.rejects(answer, { code: -32800 });
});

test('switched off, closed, and of another kind: nothing', async (t) => {
  const client = await openPair(t, { settings: { diagnostics: { enabled: false } } });
  client.open(uri, text);
  assert.deepEqual((await fullReport(client, uri)).items, []);
  client.configure({});
  assert.notDeepEqual((await fullReport(client, uri)).items, []);
  client.closeDocument(uri);
  assert.deepEqual((await fullReport(client, uri)).items, []);
  client.open('file:///data/empty.tsv', '');
  assert.deepEqual((await fullReport(client, 'file:///data/empty.tsv')).items, []);
});

test('a confident prediction that contradicts the label is brought by a refresh; what it is worth is said', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲类', '乙类']);
  client.host.script = (row) =>
    row === '丢了钱包' ? { label: '乙类', probability: 0.97 } : { label: '甲类', probability: 0.6 };
  client.open(uri, '场景\t问题\n甲类\t怎么报警\n甲类\t丢了钱包\n乙类\t有人打架\n');
  await fullReport(client, uri);
  await client.until(() => client.diagnosticRefreshes > 0);
  const { items } = await fullReport(client, uri);
  assert.deepEqual(diagnosticLines(items), ['2:0-2:2 information contradicted-label']);
  assert.match(
    String(items[0]!.message),
    /The model says "乙类" \(97%\), the label is "甲类"\. Check which is right, unless/,
  );
});
