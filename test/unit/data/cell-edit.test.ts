import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setCell } from '../../../src/server/data/cell-edit';
import { rowValues, scanCells, hasOpenQuote } from '../../../src/server/data/scanner';
import { RowlightError } from '../../../src/server/errors';

const apply = (text: string, edit: { start: number; end: number; text: string } | undefined): string =>
  edit ? text.slice(0, edit.start) + edit.text + text.slice(edit.end) : text;

test('a label goes into its cell', () => {
  const text = '场景\t问题\n\t红灯怎么处理\n户政\t迁户口\n';
  const index = scanCells(text, 'tsv');
  assert.equal(apply(text, setCell(text, index, 1, 0, '交通')), '场景\t问题\n交通\t红灯怎么处理\n户政\t迁户口\n');
  assert.equal(setCell(text, index, 2, 0, '户政'), undefined);
});

test('a short row gets the cells it lacks', () => {
  const text = 'text,label\nhello\nbye,x\n';
  assert.equal(apply(text, setCell(text, scanCells(text, 'csv'), 1, 1, 'a,b')), 'text,label\nhello,"a,b"\nbye,x\n');
});

test('a tab in a TSV and an open quote are refused', () => {
  const refused = (error: unknown): boolean => RowlightError.is(error, 'bad-argument');
  assert.throws(() => setCell('a\tb', scanCells('a\tb', 'tsv'), 0, 0, 'x\ty'), refused);
  assert.throws(() => setCell('a,"b', scanCells('a,"b', 'csv'), 0, 0, 'x'), refused);
});

const fragment = fc.oneof(
  fc.constantFrom('\t', ',', '"', '""', '\n', '\r\n', '\r', '\ufeff', ' ', '😀', '户政', 'ab'),
  fc.string({ maxLength: 4 }),
);

test('in any file the edit changes its cell to the value and no other cell, byte for byte around it', () => {
  fc.assert(
    fc.property(
      fc.array(fragment, { maxLength: 40 }),
      fc.constantFrom('tsv' as const, 'csv' as const),
      fc.nat(),
      fc.nat({ max: 5 }),
      fc.string({ maxLength: 6 }).filter((value) => !/[\t\r\n\0]/.test(value)),
      (parts, dialect, someRow, cell, value) => {
        const text = parts.join('');
        const index = scanCells(text, dialect);
        fc.pre(index.rowCount > 0 && !hasOpenQuote(text, index));
        const row = someRow % index.rowCount;
        const before = Array.from({ length: index.rowCount }, (_, at) => rowValues(text, index, at));
        const edit = setCell(text, index, row, cell, value);
        const after = apply(text, edit);
        // A mark that comes to stand first in the file would be read as the file's.
        fc.pre(!after.startsWith('\ufeff') || text.startsWith('\ufeff'));
        const now = scanCells(after, dialect);
        const wanted = before.map((cells) => [...cells]);
        while (wanted[row]!.length <= cell) wanted[row]!.push('');
        wanted[row]![cell] = value;
        // Nothing behind the last line break is no row: the only cell of such a row can't be emptied.
        fc.pre(now.rowCount === index.rowCount || wanted[row]!.join('') !== '');
        assert.deepEqual(
          Array.from({ length: now.rowCount }, (_, at) => rowValues(after, now, at)),
          wanted,
        );
        if (edit) assert.equal(after.length, text.length - (edit.end - edit.start) + edit.text.length);
      },
    ),
    { numRuns: 2000 },
  );
});
