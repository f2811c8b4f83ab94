import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Position, Range, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CellIndex } from '../../../src/server/data/cell-index';
import { rescanCells, rowValues, scanCells } from '../../../src/server/data/scanner';
import { dialectOf } from '../../../src/server/lsp/dialect';
import { applyChanges } from '../../../src/server/lsp/text-changes';

const piece = fc.constantFrom('', 'a', '\t', '\n', '\r\n', '\r', '"', ',', '甲', '😀', 'ab\tcd\n', '"x\ny",z');
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
const place = fc.record({ line: fc.nat(5), character: fc.nat(6) });
const change = fc.record({ range: fc.record({ start: place, end: place }), text });

test('changes give the text that the library gives one by one, and the index of a fresh scan', () => {
  fc.assert(
    fc.property(text, fc.array(change, { maxLength: 5 }), fc.constantFrom('tsv' as const, 'csv' as const), check),
    { numRuns: 2000 },
  );
});

test('many cursors, last one first, are one edit', () => {
  const rows = Array.from({ length: 50 }, (_, i) => `甲\t第${i}条`).join('\n');
  const document = TextDocument.create('', '', 1, rows);
  const changes = Array.from({ length: 50 }, (_, i): TextDocumentContentChangeEvent => {
    const start = { line: 49 - i, character: 0 };
    return { range: { start, end: { line: 49 - i, character: 1 } }, text: '乙丙' };
  });
  const edits: unknown[] = [];
  applyChanges(document, changes, 2, (_, edit) => edits.push(edit));
  assert.equal(edits.length, 1);
  assert.equal(document.getText(), rows.replaceAll('甲', '乙丙'));
  assert.equal(document.version, 2);
});

test('a change without a range replaces the text', () => {
  const document = TextDocument.create('', '', 1, 'a\tb');
  const edits: unknown[] = [];
  applyChanges(document, [{ text: 'c\td\n' }], 2, (_, edit) => edits.push(edit));
  assert.deepEqual([document.getText(), edits], ['c\td\n', [undefined]]);
});

test('the dialect: by language id, else by extension, else by the first line', () => {
  const cases: [string, string, string, string | undefined][] = [
    ['tsv', 'file:///a.csv', 'a,b', 'tsv'],
    ['csv', 'untitled:a', 'a\tb', 'csv'],
    ['rfc_csv', 'untitled:a', '', 'csv'],
    ['dynamic csv', 'file:///a.TSV', 'a,b', 'tsv'],
    ['dynamic csv', 'file:///a.txt', 'a,b\tc', 'tsv'],
    ['dynamic csv', 'file:///a.txt', 'a,b', 'csv'],
    ['csv (semicolon)', 'file:///a.csv', 'a;b\n1,5;x', undefined],
    ['csv (semicolon)', 'file:///a.csv', 'a,b\n1;5,x', 'csv'],
  ];
  for (const [language, uri, first, expected] of cases)
    assert.equal(dialectOf(language, uri, first), expected, language + uri);
});

function check(start: string, changes: { range: Range; text: string }[], dialect: 'tsv' | 'csv'): void {
  // The reference applies each change alone. Clients send positions that are there; the library is lost on others.
  const reference = TextDocument.create('', '', 0, start);
  const there = (position: Position): Position => reference.positionAt(reference.offsetAt(position));
  const sent = changes.map(({ range, text }) => {
    const one = { range: { start: there(range.start), end: there(range.end) }, text };
    TextDocument.update(reference, [one], 1);
    return one;
  });
  const document = TextDocument.create('', '', 0, start);
  const index = scanCells(start, dialect);
  applyChanges(document, sent, 1, (now, edit) => {
    assert.ok(edit);
    rescanCells(index, now, edit);
    assert.deepEqual(cells(now, index), cells(now, scanCells(now, dialect)));
  });
  assert.equal(document.getText(), reference.getText());
  for (let line = 0; line < reference.lineCount; line++) {
    const at = { line, character: 0 };
    assert.equal(document.offsetAt(at), reference.offsetAt(at));
  }
}

function cells(now: string, index: CellIndex): string[][] {
  return Array.from({ length: index.rowCount }, (_, row) => rowValues(now, index, row));
}
