import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkRow } from '../../../../src/server/data/checks/check-row';
import type { FileColumns } from '../../../../src/server/data/file-columns';
import { findProblems, type FindOptions, type FindResult } from '../../../../src/server/data/checks/find';
import type { Finding } from '../../../../src/server/data/checks/finding';
import { Flag, RowFacts } from '../../../../src/server/data/checks/row-facts';
import { rescanCells, scanCells } from '../../../../src/server/data/scanner';

const columns: FileColumns = { names: ['label', 'text'], text: 1, label: 0, headerless: false };

/** Looks at every row that changed. */
function freshen(text: string, index: ReturnType<typeof scanCells>, facts: RowFacts, of: FileColumns): void {
  for (let row = of.headerless ? 0 : 1; row < facts.length; row++)
    if (facts.is(row, Flag.stale)) checkRow({ text, index }, of, row, facts);
}

function run<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

function find(text: string, options: Partial<FindOptions> = {}, dialect: 'tsv' | 'csv' = 'tsv'): FindResult {
  const of = options.columns ?? columns;
  const index = scanCells(text, dialect);
  const facts = new RowFacts();
  facts.reset(index.rowCount);
  freshen(text, index, facts, of);
  const all: FindOptions = { columns: of, known: new Set(), basisOf: () => 'unseen', limit: 1000, ...options };
  return run(findProblems({ text, index }, facts, all));
}

/** Findings as `row code`. */
const brief = ({ findings }: { findings: readonly Finding[] }): string[] =>
  findings.map(({ row, code }) => `${row} ${code}`);

test('a sound file has no findings, and blank rows are none', () => {
  assert.deepEqual(brief(find('label\ttext\n甲\t一\n\n乙\t二\n\t三\n \t \n')), []);
});

test('ragged rows: too many cells, no text, and missing cells at the end', () => {
  const { findings } = find('label\ttext\tnote\n甲\t一\tx\ty\n甲\n甲\t二\n', {
    columns: { ...columns, names: ['label', 'text', 'note'] },
  });
  assert.deepEqual(findings, [
    { code: 'ragged-row', row: 1, cells: 4, width: 3, lost: true },
    { code: 'ragged-row', row: 2, cells: 1, width: 3, lost: true },
    { code: 'ragged-row', row: 3, cells: 2, width: 3, lost: false },
  ]);
});

test('empty texts, of either half of a pair', () => {
  const pair: FileColumns = { names: ['label', 'a', 'b'], text: 1, textB: 2, label: 0, headerless: false };
  assert.deepEqual(find('label\ta\tb\n甲\t \t二\n乙\t一\t\n', { columns: pair }).findings, [
    { code: 'empty-text', row: 1, cell: 1 },
    { code: 'empty-text', row: 2, cell: 2 },
  ]);
});

test('duplicates are linked to the first row, conflicts to a row of another label', () => {
  const text = 'label\ttext\n甲\t同\n甲\t同 \n乙\t同\n\t同\n甲\t异\n\t异\n';
  assert.deepEqual(
    find(text).findings.map((one) => ('twin' in one ? [one.row, one.code, one.twin, one.label, one.other] : [])),
    [
      [1, 'conflicting-labels', 3, '甲', '乙'],
      [2, 'conflicting-labels', 3, '甲', '乙'],
      [3, 'conflicting-labels', 1, '乙', '甲'],
      [4, 'duplicate-text', 1, '', '甲'],
      [6, 'duplicate-text', 5, '', '甲'],
    ],
  );
});

test('labels: blanks, slips, unknown ones, names of integers', () => {
  const rows = 'label\ttext\n 甲类\t1\n甲类\t2\n甲累\t3\n无关的\t4\n';
  assert.deepEqual(brief(find(rows, { declared: ['甲类', '乙类'] })), [
    '1 label-blanks',
    '3 near-label',
    '4 unknown-label',
  ]);
  assert.deepEqual(brief(find(rows)), ['1 label-blanks']);
  const named: FileColumns = { ...columns, labelNames: { names: ['finance', 'realty'], first: 0 } };
  const { findings } = find('label\ttext\n0\ta\n1\tb\n7\tc\nfinanse\td\n', { columns: named });
  assert.deepEqual(
    findings.map((one) => ('label' in one ? `${one.code} ${one.label}` : '')),
    ['unknown-label 7', 'near-label finanse'],
  );
});

test('damage in any cell, and an open quote', () => {
  assert.deepEqual(brief(find('label\ttext\n甲\ufffd\t一\n甲\t\0\n')), ['1 damaged-text', '2 damaged-text']);
  assert.deepEqual(brief(find('label,text\n甲,"一\n二', {}, 'csv')), ['1 open-quote']);
});

test('too many findings: the gravest are kept, in the order of the file, and the rest is counted', () => {
  const rows = Array.from({ length: 50 }, (_, row) => `甲\t同${row === 25 ? '\tx' : ''}\n`).join('');
  const { findings, more } = find(`label\ttext\n${rows}`, { limit: 10 });
  assert.equal(findings.length, 9);
  assert.ok(findings.some(({ code }) => code === 'ragged-row'));
  assert.deepEqual(
    findings.map(({ row }) => row),
    findings.map(({ row }) => row).sort((a, b) => a - b),
  );
  assert.deepEqual([...more], [['duplicate-text', 40]]);
  assert.equal(find(`label\ttext\n${rows}`, { limit: 49 }).more.size, 0);
});

test('after any edits the facts that followed them give what a fresh look gives', () => {
  const piece = fc.constantFrom('甲', '乙', '甲乙丙', ' ', '\t', '\n', '\r\n', 'a', '"', ',', '\ufffd', '同');
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
  const edit = fc.record({
    at: fc.nat(80),
    length: fc.nat(10),
    text: fc.array(piece, { maxLength: 8 }).map((p) => p.join('')),
  });
  fc.assert(
    fc.property(
      text,
      fc.array(edit, { maxLength: 6 }),
      fc.constantFrom('tsv' as const, 'csv' as const),
      (start, edits, dialect) => {
        let now = start;
        const index = scanCells(now, dialect);
        const facts = new RowFacts();
        facts.reset(index.rowCount);
        freshen(now, index, facts, columns);
        let kept: { texts: number; result: FindResult } | undefined;
        for (const { at, length, text: inserted } of edits) {
          const from = Math.min(at, now.length);
          const to = Math.min(from + length, now.length);
          now = now.slice(0, from) + inserted + now.slice(to);
          facts.replace(rescanCells(index, now, { start: from, oldEnd: to, newEnd: from + inserted.length }));
          freshen(now, index, facts, columns);
          assert.equal(facts.length, index.rowCount);
          const duplicates = kept?.texts === facts.texts ? { duplicates: kept.result.duplicates } : {};
          const options = {
            columns,
            known: new Set<string>(),
            basisOf: () => 'unseen' as const,
            limit: 1000,
            ...duplicates,
          };
          const result = run(findProblems({ text: now, index }, facts, options));
          assert.deepEqual(result.findings, find(now, {}, dialect).findings);
          kept = { texts: facts.texts, result };
        }
      },
    ),
    { numRuns: 300 },
  );
});
