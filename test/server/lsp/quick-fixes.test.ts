import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { CodeAction, Diagnostic } from 'vscode-languageserver/node';
import { applied, codeActions, fullReport } from '../support/diagnostics';
import { openPair, type PairOptions, type TestClient } from '../support/pair';

const uri = 'file:///data/train.tsv';

interface Opened {
  readonly client: TestClient;
  readonly items: readonly Diagnostic[];
  /** The fixes of the diagnostic with this code on this line. */
  readonly fixes: (code: string, line: number) => Promise<CodeAction[]>;
}

async function opened(t: TestContext, text: string, labels?: string[], options: PairOptions = {}): Promise<Opened> {
  const client = await openPair(t, options);
  if (labels) client.files.set('/data/labels.json', JSON.stringify({ labels: labels.map((name) => ({ name })) }));
  client.open(uri, text);
  const { items } = await fullReport(client, uri);
  const fixes = (code: string, line: number): Promise<CodeAction[]> => {
    const found = items.filter((item) => item.code === code && item.range.start.line === line);
    assert.equal(found.length, 1, `${code} on line ${line}`);
    return codeActions(client, uri, found);
  };
  return { client, items, fixes };
}

const titles = (actions: readonly CodeAction[]): string[] => actions.map(({ title }) => title);

test('a slip is changed to the label that was meant: in this row, in all rows like it, or it is declared', async (t) => {
  const text = '场景\t问题\n甲累\t一\n甲类\t二\n甲累\t三\n';
  const { client, fixes } = await opened(t, text, ['甲类', '乙类']);
  const actions = await fixes('near-label', 1);
  assert.deepEqual(titles(actions), [
    'Change the label to "甲类"',
    'Change all 2 labels "甲累" to "甲类"',
    'Add "甲累" to labels.json',
  ]);
  assert.equal(actions[0]?.isPreferred, true);
  assert.equal(applied(text, actions[0], uri), '场景\t问题\n甲类\t一\n甲类\t二\n甲累\t三\n');
  assert.equal(applied(text, actions[1], uri), '场景\t问题\n甲类\t一\n甲类\t二\n甲类\t三\n');
  const [change] = actions[2]?.edit?.documentChanges ?? [];
  assert.ok(change && 'edits' in change);
  assert.equal(change.textDocument.uri, 'file:///data/labels.json');
  assert.deepEqual(change.edits, [
    {
      range: { start: { line: 0, character: 38 }, end: { line: 0, character: 38 } },
      newText: ', {"name":"甲累"}',
    },
  ]);
  client.change(uri, { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 2 } }, text: '别的' });
  assert.deepEqual(await fixes('near-label', 1), [], 'the row no longer says what the diagnostic said');
});

test('a label is declared in labels.json as its editor has it, saved or not', async (t) => {
  const labels = 'file:///data/labels.json';
  const typed = '{"labels":[{"name":"甲类"},\n{"name":"乙类"}]}';
  const text = '场景\t问题\n完全不同的\t一\n';
  const { fixes } = await opened(t, text, ['甲类'], { openTexts: { [labels]: typed } });
  const [action] = await fixes('unknown-label', 1);
  assert.equal(
    applied(typed, action, labels, null),
    '{"labels":[{"name":"甲类"},\n{"name":"乙类"},\n{"name":"完全不同的"}]}',
  );
});

test('an unknown label can only be declared', async (t) => {
  const { fixes } = await opened(t, '场景\t问题\n完全不同的\t一\n', ['甲类']);
  assert.deepEqual(titles(await fixes('unknown-label', 1)), ['Add "完全不同的" to labels.json']);
});

test('blanks around labels go, from one or all', async (t) => {
  const text = '场景,问题\n甲 ,一\n" 乙",二\n丙,三\n';
  const csv = 'file:///data/a.csv';
  const client = await openPair(t);
  client.open(csv, text, 'csv');
  const { items } = await fullReport(client, csv);
  const actions = await codeActions(client, csv, items.slice(0, 1));
  assert.equal(applied(text, actions[0], csv), '场景,问题\n甲,一\n" 乙",二\n丙,三\n');
  assert.equal(applied(text, actions[1], csv), '场景,问题\n甲,一\n"乙",二\n丙,三\n');
});

test('missing cells are added at the end of their rows; a row with too many is left to a person', async (t) => {
  const text = '场景\t问题\t备注\r\n甲\t一\r\n乙\t二\tx\ty\r\n丙\t三';
  const { fixes } = await opened(t, text);
  const actions = await fixes('ragged-row', 1);
  assert.deepEqual(titles(actions), ['Add the missing empty cells', 'Add the missing empty cells in all 2 rows']);
  assert.equal(applied(text, actions[0], uri), '场景\t问题\t备注\r\n甲\t一\t\r\n乙\t二\tx\ty\r\n丙\t三');
  assert.equal(applied(text, actions[1], uri), '场景\t问题\t备注\r\n甲\t一\t\r\n乙\t二\tx\ty\r\n丙\t三\t');
  assert.deepEqual(await fixes('ragged-row', 2), []);
});

test('the label of the twin, on either side and for a row without one', async (t) => {
  const text = '场景\t问题\n甲\t同\n乙\t同\n\t同\n';
  const { fixes } = await opened(t, text);
  const [first] = await fixes('conflicting-labels', 1);
  assert.equal(first?.title, 'Change the label to "乙", as in line 3');
  assert.equal(applied(text, first, uri), '场景\t问题\n乙\t同\n乙\t同\n\t同\n');
  const third = await fixes('duplicate-text', 3);
  assert.deepEqual(titles(third), ['Change the label to "甲", as in line 2', 'Change the label to "乙", as in line 3']);
  assert.equal(applied(text, third[1], uri), '场景\t问题\n甲\t同\n乙\t同\n乙\t同\n');
});

test('a row that repeats another in every cell is removed, alone or with all such rows; one that differs in a cell is not', async (t) => {
  const text = '编号\t场景\t问题\n1\t甲\t同\n2\t甲\t同\n1\t甲\t同\n1\t甲\t同';
  const { fixes } = await opened(t, text);
  assert.deepEqual(await fixes('duplicate-text', 2), []);
  const actions = await fixes('duplicate-text', 3);
  assert.deepEqual(titles(actions), [
    'Remove this row: it repeats line 2',
    'Remove all 2 rows that repeat another row',
  ]);
  assert.equal(applied(text, actions[0], uri), '编号\t场景\t问题\n1\t甲\t同\n2\t甲\t同\n1\t甲\t同');
  assert.equal(applied(text, actions[1], uri), '编号\t场景\t问题\n1\t甲\t同\n2\t甲\t同');
});

test('UTF-8 that was read as Latin-1 or GBK is repaired where nothing was lost', async (t) => {
  const garbled = (encoding: string): string => new TextDecoder(encoding).decode(new TextEncoder().encode('身份证件'));
  const text = `场景\t问题\n甲\t${garbled('windows-1252')}吗\n乙\t${garbled('gbk')}\n丙\t丢\ufffd\n`;
  const { fixes } = await opened(t, text);
  const mended = text.replace(garbled('windows-1252'), '身份证件');
  assert.equal(applied(text, (await fixes('damaged-text', 1))[0], uri), mended);
  assert.equal(applied(text, (await fixes('damaged-text', 2))[0], uri), text.replace(garbled('gbk'), '身份证件'));
  assert.deepEqual(await fixes('damaged-text', 3), []);
});

test('the prediction is taken where it contradicts the label; integers stay integers', async (t) => {
  const text = '场景\t问题\n0\t怎么报警\n1\t丢了钱包\n';
  const client = await openPair(t);
  client.files.set('/data/class.txt', '甲类\n乙类\n');
  client.files.model('/models/desk', ['甲类', '乙类']);
  client.host.script = () => ({ label: '乙类', probability: 0.95 });
  client.open(uri, text);
  await fullReport(client, uri);
  await client.until(() => client.diagnosticRefreshes > 0);
  const { items } = await fullReport(client, uri);
  const actions = await codeActions(client, uri, items);
  assert.deepEqual(titles(actions), ['Change the label to "乙类"']);
  assert.equal(applied(text, actions[0], uri), '场景\t问题\n1\t怎么报警\n1\t丢了钱包\n');
});

test('fix all does what is certain, in one edit, and leaves the rest', async (t) => {
  const text = '场景\t问题\t备注\nＡ类 \t一\n b类\t二\tx\n甲累\t三\tx\n未知的\t四\tx\n甲类\t五\tx\n甲类\t五\tx\n';
  const { client } = await opened(t, text, ['A类', 'B类', '甲类']);
  const [action, ...more] = await codeActions(client, uri, [], ['source.fixAll']);
  assert.equal(more.length, 0);
  assert.equal(action?.kind, 'source.fixAll.rowlight');
  const mended = applied(text, action, uri);
  assert.equal(mended, text.replace('Ａ类 \t一', 'Ａ类 \t一\t').replace(' b类', 'B类'));
  client.change(uri, { text: mended });
  const [again] = await codeActions(client, uri, [], ['source.fixAll']);
  assert.equal(applied(mended, again, uri, 2), mended.replace('Ａ类 ', 'A类'));
  assert.deepEqual(await codeActions(client, uri, [], ['source.organizeImports']), []);
});

test('whatever the file, a fix changes nothing outside its cells', async (t) => {
  const client = await openPair(t);
  client.files.set('/data/labels.json', '{"labels":[{"name":"甲类"},{"name":"乙类"}]}');
  const label = fc.constantFrom('甲类', '乙类', '甲累', ' 乙类', '', '丙');
  const cell = fc.constantFrom('一', '二二', '', 'x "y"', ' 三 ');
  const row = fc
    .tuple(label, cell, fc.constantFrom('\tx', '\ty', '', '\tx\ty'))
    .map((cells) => cells.join('\t').replace('\t\t', '\t'));
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      async (rows, end) => {
        const own = `file:///data/${count++}.tsv`;
        const text = ['场景\t问题\t备注', ...rows].join(end);
        client.open(own, text);
        const { items } = await fullReport(client, own);
        const before = text.split(end);
        for (const item of items) {
          for (const action of await codeActions(client, own, [item])) {
            if (/labels\.json|[Rr]emove (this|all)/.test(action.title)) continue;
            const after = applied(text, action, own).split(end);
            assert.equal(after.length, before.length);
            const changed = after.flatMap((line, at) => (line === before[at] ? [] : [at]));
            assert.ok(changed.length > 0, action.title);
            if (!/all \d/.test(action.title)) assert.deepEqual(changed, [item.range.start.line], action.title);
            for (const at of changed) {
              const [old, now] = [before[at]!.split('\t'), after[at]!.split('\t')];
              // Only the label cell, or cells added at the end.
              if (item.code === 'ragged-row') assert.deepEqual([now.slice(0, old.length), now.length], [old, 3]);
              else assert.deepEqual(now.slice(1), old.slice(1), action.title);
            }
          }
        }
        client.closeDocument(own);
      },
    ),
    { numRuns: 40 },
  );
});
