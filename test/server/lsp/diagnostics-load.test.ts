/** A hundred thousand rows: how long the first report and one after an edit take, and how long the event loop is held meanwhile. */
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { FileChecks } from '../../../src/server/lsp/file-checks';
import type { DataDocument } from '../../../src/server/lsp/documents';
import { rescanCells, scanCells } from '../../../src/server/data/scanner';
import { TextDocument } from 'vscode-languageserver-textdocument';

const ROWS = 100_000;
/** The longest turn that is accepted. The work yields every 8 ms; a busy machine and the garbage collector add to that. */
const LONGEST_TURN = 200;

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
  const timed = async (): Promise<{ ms: number; longest: number; more: number }> => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const begun = performance.now();
    checks.fit(columns, '');
    await checks.freshen(columns, signal);
    const { findings, more } = await checks.find(options, signal);
    const ms = performance.now() - begun;
    delay.disable();
    return { ms, longest: delay.max / 1e6, more: findings.length + (more.get('duplicate-text') ?? 0) };
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
  const say = ({ ms, longest }: { ms: number; longest: number }): string =>
    `${ms.toFixed(0)} ms, longest turn ${longest.toFixed(0)} ms`;
  t.diagnostic(`open: ${say(first)}; text typed: ${say(typed)}; label typed: ${say(labelled)}`);
  for (const { longest } of [first, typed, labelled]) assert.ok(longest < LONGEST_TURN, `a turn took ${longest} ms`);
  assert.ok(labelled.ms < first.ms, 'rows that did not change are not read again');
});
