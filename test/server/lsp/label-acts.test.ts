import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  CountAcceptable,
  GetLabelEdits,
  GetRow,
  StepRow,
  type LabelAct,
  type LabelEdits,
} from '../../../src/protocol/label-acts';
import type { Dialect } from '../../../src/server/data/cell-index';
import { cellValue, hasOpenQuote, rowValues, scanCells } from '../../../src/server/data/scanner';
import { openPair, type TestClient } from '../support/pair';

const uri = 'file:///data/train.tsv';
const text = '场景\t问题\n甲\t怎么报警\n\t丢了钱包\n乙\t有人打架\n\t迁户口\n';

async function opened(t: Parameters<typeof openPair>[0], content = text): Promise<TestClient> {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙']);
  client.host.script = (row) => ({ label: row.length > 3 ? '甲' : '乙', probability: row.length > 3 ? 0.97 : 0.6 });
  client.open(uri, content);
  return client;
}

const ask = (client: TestClient, act: LabelAct, version = 1): Promise<LabelEdits | null> =>
  client.request(GetLabelEdits, { uri, version, act });

/** The text after the edits of an answer. */
function applied(content: string, answer: LabelEdits | null): string {
  assert.ok(answer);
  const edits = answer.edits.map(({ range, text: newText }) => ({ range, newText }));
  return TextDocument.applyEdits(TextDocument.create(uri, 'tsv', answer.version, content), edits as never);
}

test('set, clear and accept change the rows that were named', async (t) => {
  const client = await opened(t);
  const set = await ask(client, { kind: 'set', label: '乙', lines: [[1, 2]] });
  assert.equal(applied(text, set), '场景\t问题\n乙\t怎么报警\n乙\t丢了钱包\n乙\t有人打架\n\t迁户口\n');
  assert.equal(set?.replaced, 1);
  const clear = await ask(client, { kind: 'clear', lines: [[0, 9]] });
  assert.equal(applied(text, clear), '场景\t问题\n\t怎么报警\n\t丢了钱包\n\t有人打架\n\t迁户口\n');
  const accept = await ask(client, { kind: 'accept', lines: [[2, 4]] });
  assert.equal(applied(text, accept), '场景\t问题\n甲\t怎么报警\n甲\t丢了钱包\n甲\t有人打架\n乙\t迁户口\n');
  assert.deepEqual([accept?.replaced, accept?.unpredicted], [1, 0]);
  const nothing = await ask(client, { kind: 'set', label: '甲', lines: [[1, 1]] });
  assert.deepEqual(nothing, { version: 1, edits: [], replaced: 0, unpredicted: 0 });
});

test('edits are of one version: for another, and where an edit comes in between, there are none', async (t) => {
  const client = await opened(t);
  assert.equal(await ask(client, { kind: 'set', label: '乙', lines: [[1, 1]] }, 2), null);
  const release = client.host.hold();
  const stale = ask(client, { kind: 'accept', lines: [[2, 2]] });
  await client.until(() => client.status?.busy === true);
  const at = { line: 1, character: 0 };
  client.change(uri, { range: { start: at, end: at }, text: '乙' });
  // Answered behind the edit.
  await client.request(GetRow, { uri, at: { line: 1 }, wait: false });
  release();
  assert.equal(await stale, null);
});

test('what is accepted above a threshold is what was counted, and no row with a label', async (t) => {
  const client = await opened(t);
  const counted = await client.request(CountAcceptable, { uri });
  assert.equal(counted.unlabelled, 2);
  const { counts } = counted;
  assert.deepEqual([counts[0], counts[600], counts[601], counts[970], counts[971]], [2, 2, 1, 1, 0]);
  const above = await ask(client, { kind: 'acceptAbove', probability: 0.97 });
  assert.equal(applied(text, above), '场景\t问题\n甲\t怎么报警\n甲\t丢了钱包\n乙\t有人打架\n\t迁户口\n');
  const at = { line: 4, character: 0 };
  client.change(uri, { range: { start: at, end: at }, text: '甲' });
  await assert.rejects(ask(client, { kind: 'acceptAbove', probability: 0.5 }, 2), /count them again/);
});

test('without anything to predict from labels are set, and accepting says that nothing predicts', async (t) => {
  const client = await openPair(t);
  const text = '场景\t问题\n甲\t怎么报警\n\t丢了钱包\n甲\t有人打架\n\t迁户口\n';
  client.open(uri, text);
  const set = await ask(client, { kind: 'set', label: '丙', lines: [[2, 2]] });
  assert.equal(applied(text, set), text.replace('\t丢了钱包', '丙\t丢了钱包'));
  await assert.rejects(ask(client, { kind: 'accept', lines: [[2, 2]] }), /Nothing predicts this file yet\./);
});

test('a file of texts alone: one line says what to do', async (t) => {
  const client = await openPair(t);
  client.open(uri, '问题\n丢了钱包怎么办呢\n有人打架怎么办呢\n');
  await assert.rejects(ask(client, { kind: 'set', label: '丙', lines: [[1, 1]] }), /no label column/);
});

test('a file of numbers whose names lie beside it gets numbers', async (t) => {
  const client = await openPair(t);
  client.files.set('/data/class.txt', 'finance\nsport\n');
  client.open(uri, 'label\ttext\n0\tstocks fell\n1\tthey won\n\tthey lost\n');
  const set = await ask(client, { kind: 'set', label: 'sport', lines: [[3, 3]] });
  assert.deepEqual(
    set?.edits.map((edit) => edit.text),
    ['1'],
  );
});

test('a row as it is shown: choices by probability with keys and guidelines, progress kept up with edits', async (t) => {
  const client = await opened(t);
  client.files.set(
    '/data/labels.json',
    '{"labels":[{"name":"乙","key":"b","description":"fights"},{"name":"甲","color":"#112233"},{"name":"丙"}]}',
  );
  const row = await client.request(GetRow, { uri, at: { line: 2 }, wait: true });
  assert.deepEqual(
    { ...row, choices: row?.choices.map(({ name, key }) => `${name} ${key ?? '-'}`) },
    {
      version: 1,
      row: 2,
      lines: [2, 2],
      labelRange: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } },
      text: '丢了钱包',
      choices: ['甲 1', '乙 b', '丙 2'],
      model: 'desk',
      total: 4,
      labelled: 2,
    },
  );
  assert.deepEqual(row?.choices[0], { name: '甲', color: '#112233', key: '1', probability: 0.97 });
  assert.equal(row?.choices[1]?.description, 'fights');
  const at = { line: 2, character: 0 };
  client.change(uri, { range: { start: at, end: at }, text: '甲' });
  const after = await client.request(GetRow, { uri, at: { row: 2 }, wait: false });
  assert.deepEqual([after?.version, after?.label, after?.labelled, after?.total], [2, '甲', 3, 4]);
  client.change(uri, { range: { start: { line: 1, character: 0 }, end: { line: 3, character: 0 } }, text: '' });
  const shorter = await client.request(GetRow, { uri, at: { row: 1 }, wait: false });
  assert.deepEqual([shorter?.label, shorter?.labelled, shorter?.total], ['乙', 1, 2]);
  assert.equal(await client.request(GetRow, { uri, at: { line: 0 }, wait: false }), null, 'the header');
  assert.equal(await client.request(GetRow, { uri, at: { line: 3 }, wait: false }), null, 'behind the last row');
});

test('the next and previous rows, with and without a label, round the ends', async (t) => {
  const client = await opened(t);
  const step = async (from: number, back: boolean, unlabelled: boolean): Promise<number | undefined> =>
    (await client.request(StepRow, { uri, from, back, unlabelled }))?.row;
  assert.deepEqual(
    [await step(1, false, true), await step(2, false, true), await step(4, false, true), await step(2, true, true)],
    [2, 4, 2, 4],
  );
  assert.deepEqual([await step(1, false, false), await step(1, true, false), await step(4, false, false)], [2, undefined, undefined]); // prettier-ignore
  client.change(uri, { text: '场景\t问题\n甲\t怎么报警\n\t丢了钱包\n' });
  assert.equal(await step(2, false, true), undefined);
});

const content = fc.oneof(
  fc.constantFrom('甲', '乙', '😀', '户政', ' ', 'a"b', "it's", '\u2028', '\ufeff'),
  fc.string({ maxLength: 5 }),
);
const cellOf = (dialect: Dialect): fc.Arbitrary<string> =>
  dialect === 'tsv'
    ? content.map((value) => value.replace(/[\t\r\n]/g, ''))
    : fc.oneof(
        content.map((value) => value.replace(/[,\r\n]|^"+/g, '')),
        fc
          .tuple(content, fc.constantFrom('', ',', '\n', '\r\n', '"'))
          .map(([a, b]) => `"${(a + b).replaceAll('"', '""')}"`),
      );

const file = fc.constantFrom<Dialect>('tsv', 'csv').chain((dialect) =>
  fc.record({
    dialect: fc.constant(dialect),
    labelFirst: fc.boolean(),
    rows: fc.array(fc.array(cellOf(dialect), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
    eol: fc.constantFrom('\n', '\r\n', '\r'),
    mark: fc.boolean(),
    lastBreak: fc.boolean(),
  }),
);
const act = fc.record({
  kind: fc.constantFrom<'set' | 'clear' | 'accept'>('set', 'clear', 'accept'),
  label: fc.constantFrom('甲', '新，标签', 'a,b', '"q"', '😀'),
  lines: fc.array(
    fc.tuple(fc.nat(20), fc.nat(20)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
});

test('in any file an act changes exactly the label cells of its rows, byte for byte', async (t) => {
  const client = await openPair(t);
  client.files.model('/models/desk', ['甲', '乙'], { text: 'text', label: 'label' });
  client.host.script = (row) => ({ label: row.length % 2 ? '甲' : '乙', probability: 0.9 });
  let count = 0;
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(file, act, async ({ dialect, labelFirst, rows, eol, mark, lastBreak }, wish) => {
      const separator = dialect === 'tsv' ? '\t' : ',';
      const header = labelFirst ? ['label', 'text', 'note'] : ['text', 'label', 'note'];
      const lines = [header, ...rows].map((cells) => cells.join(separator));
      const before = (mark ? '\ufeff' : '') + lines.join(eol) + (lastBreak ? eol : '');
      const index = scanCells(before, dialect);
      fc.pre(!hasOpenQuote(before, index));
      const own = `file:///data/random-${++count}.${dialect}`;
      client.open(own, before, dialect);
      const { kind, label } = wish;
      const sent: LabelAct = kind === 'set' ? { kind, label, lines: wish.lines } : { kind, lines: wish.lines };
      let answer: LabelEdits | null = null;
      try {
        answer = await client.request(GetLabelEdits, { uri: own, version: 1, act: sent });
      } catch (error) {
        // Random cells may make a file whose model is not ours: then nothing predicts it.
        assert.match(String(error), /Nothing predicts/);
      }
      client.closeDocument(own);
      fc.pre(answer !== null);
      const after = applied(before, answer);
      const column = header.indexOf('label');
      const labels = new Set([
        '甲',
        '乙',
        ...rows.map((_, row) => (rowValues(before, index, row + 1)[column] ?? '').trim()),
      ]);
      const positions = TextDocument.create(own, dialect, 1, before);
      const lineOf = (offset: number): number => positions.positionAt(offset).line;
      const now = scanCells(after, dialect);
      assert.equal(now.rowCount, index.rowCount);
      let [oldEnd, newEnd] = [0, 0];
      for (let row = 0; row < index.rowCount; row++) {
        const [first, last] = [lineOf(index.rowStart(row)), lineOf(index.rowEnd(row))];
        const asked = wish.lines.some(([from, to]) => from <= last && to >= first);
        const hasText =
          cellValue(before, index, row, header.indexOf('text')).trim() !== '' &&
          header.indexOf('text') < index.cellCount(row);
        // Between rows: marks and line breaks.
        assert.equal(after.slice(newEnd, now.rowStart(row)), before.slice(oldEnd, index.rowStart(row)));
        [oldEnd, newEnd] = [index.rowEnd(row), now.rowEnd(row)];
        if (row === 0 || !asked || !hasText) {
          assert.equal(after.slice(now.rowStart(row), newEnd), before.slice(index.rowStart(row), oldEnd));
          continue;
        }
        const cells = Math.max(index.cellCount(row), now.cellCount(row));
        for (let cell = 0; cell < cells; cell++) {
          const old =
            cell < index.cellCount(row) ? before.slice(index.cellStart(row, cell), index.cellEnd(row, cell)) : '';
          const raw = after.slice(now.cellStart(row, cell), now.cellEnd(row, cell));
          if (cell !== column) assert.equal(raw, old);
          else if (raw !== old) changed++;
        }
        if (kind === 'set') assert.equal(cellValue(after, now, row, column).trim(), label);
        if (kind === 'clear' && column < now.cellCount(row))
          assert.equal(cellValue(after, now, row, column).trim(), '');
        // Where random labels keep the model away, the file's own labelled rows predict.
        if (kind === 'accept') assert.ok(labels.has(cellValue(after, now, row, column).trim()));
      }
      assert.equal(after.slice(newEnd), before.slice(oldEnd));
    }),
    { numRuns: 400 },
  );
  assert.ok(changed > 200, `only ${changed} cells were changed`);
});
