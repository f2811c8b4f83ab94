import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addFirstColumn } from '../../../src/server/data/add-column';
import type { Dialect } from '../../../src/server/data/cell-index';
import { hasOpenQuote, rowValues, scanCells } from '../../../src/server/data/scanner';

function added(text: string, dialect: Dialect, name?: string): string {
  const work = addFirstColumn(text, scanCells(text, dialect), name);
  for (;;) {
    const { done, value } = work.next();
    if (done) return text.slice(0, value.start) + value.text + text.slice(value.end);
  }
}

test('a header gets the name, rows an empty cell, blank lines stay', () => {
  assert.equal(
    added('问题\t备注\n怎么报警\t急\n\n迁户口\t', 'tsv', '标签'),
    '标签\t问题\t备注\n\t怎么报警\t急\n\n\t迁户口\t',
  );
  assert.equal(added('\ufeff"a\r\nb",c\r\n', 'csv'), '\ufeff,"a\r\nb",c\r\n');
  assert.equal(added('', 'tsv', 'label'), '');
});

const fragment = fc.oneof(
  fc.constantFrom('\t', ',', '"', '""', '\n', '\r\n', '\r', ' ', '😀', '户政', 'ab'),
  fc.string({ maxLength: 4 }).filter((part) => !part.includes('\ufeff')),
);

test('in any file exactly one cell a row is added and nothing else changes, byte for byte', () => {
  fc.assert(
    fc.property(
      fc.array(fragment, { maxLength: 40 }),
      fc.boolean(),
      fc.constantFrom('tsv' as const, 'csv' as const),
      fc.option(fc.constantFrom('label', '标签'), { nil: undefined }),
      (parts, mark, dialect, name) => {
        const text = (mark ? '\ufeff' : '') + parts.join('');
        const index = scanCells(text, dialect);
        const after = added(text, dialect, name);
        const now = scanCells(after, dialect);
        fc.pre(index.rowCount === 0 || !hasOpenQuote(text, index));
        assert.equal(now.rowCount, index.rowCount);
        let taken = '';
        let from = 0;
        for (let row = 0; row < index.rowCount; row++) {
          const before = rowValues(text, index, row);
          const blank = index.rowStart(row) === index.rowEnd(row);
          const first = row === 0 ? (name ?? '') : '';
          assert.deepEqual(rowValues(after, now, row), blank ? before : [first, ...before]);
          if (blank) continue;
          taken += after.slice(from, now.rowStart(row));
          from = now.cellEnd(row, 0) + 1;
        }
        assert.equal(taken + after.slice(from), text, 'without the new cells it is the old text');
      },
    ),
    { numRuns: 2000 },
  );
});
