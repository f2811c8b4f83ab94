/** A hundred thousand rows: what the first report and one after an edit compute, and how much of it in one turn of the event loop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileChecks } from '../../../src/server/lsp/file-checks';
import type { DataDocument } from '../../../src/server/lsp/documents';
import { rescanCells, scanCells } from '../../../src/server/data/scanner';
import { type Turns, measureTurns } from '../../support/turns';
import { TextDocument } from 'vscode-languageserver-textdocument';

const ROWS = 100_000;
test('100,000 rows are checked in slices, and again after an edit in much less', async (t) => {
  const words = '身份证 户口 护照 驾照 换领 补办 派出所 怎么 多久 能不能 孩子 老人 外地 上班'.split(' ');
  const row = (at: number): string =>
    `${['户政', '交通', '出入境', ''][at % 4]}\t${words[at % 14]}${words[(at * 7) % 13]}${at % 91_000}号`;
  let text = `场景\t问题\n${Array.from({ length: ROWS }, (_, at) => row(at)).join('\n')}\n`;
  const index = scanCells(text, 'tsv');
  const document = {
    uri: 'file:///a.tsv',
    languageId: 'tsv',
    version: 1,
    index,
    get text() {
      return text;
    },
    lines: TextDocument.create('file:///a.tsv', 'tsv', 1, ''),
  } as unknown as DataDocument;
  const columns = { names: ['场景', '问题'], text: 1, label: 0, headerless: false };
  const checks = new FileChecks(document);
  const { signal } = new AbortController();
  const options = { columns, known: new Set<string>(), basisOf: () => 'unseen' as const, limit: 1000 };
  const timed = async (): Promise<Turns & { more: number }> => {
    const turns = measureTurns();
    checks.fit(columns, '');
    await checks.freshen(columns, signal);
    const { findings, more } = await checks.find(options, signal);
    return { ...turns(), more: findings.length + (more.get('duplicate-text') ?? 0) };
  };
  const first = await timed();
  assert.ok(first.more >= 1000, 'there are duplicates among them');
  const start = index.cellStart(50_000, 1);
  text = `${text.slice(0, start)}新${text.slice(start)}`;
  checks.edited(rescanCells(index, text, { start, oldEnd: start, newEnd: start + 1 }));
  const typed = await timed();
  const label = index.cellStart(60_000, 0);
  text = `${text.slice(0, label)}新${text.slice(label)}`;
  checks.edited(rescanCells(index, text, { start: label, oldEnd: label, newEnd: label + 1 }));
  const labelled = await timed();
  const say = ({ total, longest }: Turns): string => `${total.toFixed(0)} ms, longest turn ${longest.toFixed(0)} ms`;
  t.diagnostic(`open: ${say(first)}; text typed: ${say(typed)}; label typed: ${say(labelled)}`);
  for (const { longest } of [first, typed, labelled])
    assert.ok(longest < first.total / 3, `a turn took ${longest} ms of ${first.total}`);
  assert.ok(labelled.total < first.total, 'rows that did not change are not read again');
});
