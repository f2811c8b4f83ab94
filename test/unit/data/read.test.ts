import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { formatOf, isBlankRow, readTable } from '../../../src/server/data/read';
import { rowValues, scanCells } from '../../../src/server/data/scanner';

const DATA = process.env['ROWLIGHT_DATA'];
const encode = (text: string) => new TextEncoder().encode(text);
const read = (text: string, name: string) => readTable(encode(text), name);

test('formatOf goes by the ending', () => {
  const names = ['a.tsv', 'b.CSV', 'c.jsonl', 'd.ndjson', 'e.txt', '-', '/x.csv/train', 'a\\b.json'];
  assert.deepEqual(names.map(formatOf), ['tsv', 'csv', 'jsonl', 'jsonl', 'tsv', 'tsv', 'tsv', 'jsonl']);
});

describe('readTable: TSV', () => {
  const check = (name: string, text: string, rows: string[][], lines: number[]) =>
    test(name, () => {
      const table = read(text, 'a.tsv');
      assert.deepEqual([table.rows, table.lines, table.problems], [rows, lines, []]);
    });

  check('nothing', '', [], []);
  check('quotes are characters', '"a\tb"\nc\t"d\n', [['"a', 'b"'], ['c', '"d']], [1, 2]); // prettier-ignore
  check('a byte order mark is no part of the first cell', '\ufeff场景\t问题\r\n户政\t怎么办\r\n', [['场景', '问题'], ['户政', '怎么办']], [1, 2]); // prettier-ignore
  check('blank lines are no rows but are counted', '\na\n\n \t\nb', [['a'], ['b']], [2, 5]); // prettier-ignore
});

describe('readTable: CSV', () => {
  test('lines count the newlines inside quotes', () => {
    const table = read('a,b\n"x\r\ny\nz",1\r\n"",\n2,3', 'a.csv');
    assert.deepEqual(table.rows, [['a', 'b'], ['x\r\ny\nz', '1'], ['2', '3']]); // prettier-ignore
    assert.deepEqual(table.lines, [1, 2, 6]);
  });

  test('an unclosed quote is a problem at the row that opens it, and the rows before stay', () => {
    const table = read('a,b\n"x\ny",1\n2,"3\n4,5\n', 'a.csv');
    assert.deepEqual(table.rows, [['a', 'b'], ['x\ny', '1']]); // prettier-ignore
    assert.deepEqual(table.problems.map(({ code, severity, row }) => [code, severity, row]), [['open-quote', 'error', 4]]); // prettier-ignore
  });

  test('stray quotes are kept', () => assert.deepEqual(read('5" pipe,"a" b\n', 'a.csv').rows, [['5" pipe', '"a" b']]));
});

describe('readTable: JSONL', () => {
  test('keys are the columns, in order of appearance; values become text', () => {
    const table = read('{"text":"甲","label":3}\n\n{"label":null,"text":"乙","tags":["a"],"ok":true}\r\n', 'a.jsonl');
    assert.deepEqual(table.keys, ['text', 'label', 'tags', 'ok']);
    assert.deepEqual(table.rows, [['甲', '3', '', ''], ['乙', '', '["a"]', 'true']]); // prettier-ignore
    assert.deepEqual(table.lines, [1, 3]);
  });

  test('a line that is no object is a problem and no row', () => {
    const table = read('{"text":"a"}\n{"text":\n[1]\n"x"\n{"text":"b"}', 'a.jsonl');
    assert.deepEqual(table.rows, [['a'], ['b']]);
    assert.deepEqual(table.problems.map(({ code, row }) => [code, row]), [['bad-json', 2], ['bad-json', 3], ['bad-json', 4]]); // prettier-ignore
  });

  test('a key may be called __proto__', () =>
    assert.deepEqual(read('{"__proto__":"a"}', 'a.jsonl').keys, ['__proto__']));
});

describe('readTable: bad encoding', () => {
  const problem = (bytes: number[]) => readTable(Uint8Array.from(bytes), 'a.tsv').problems[0];

  test('GB18030 is named, with the row of the first bad byte', () => {
    // "label" CRLF CRLF "户政" in GBK.
    const found = problem([...encode('label\r\n\r\n'), 0xbb, 0xa7, 0xd5, 0xfe]);
    assert.deepEqual([found?.code, found?.severity, found?.row], ['bad-encoding', 'error', 3]);
    assert.match(found?.message ?? '', /0xBB .*GB18030.*UTF-8/);
  });

  test('what is no GB18030 either is not called so', () => {
    const found = problem([...encode('a\nb'), 0xff, 0xff]);
    assert.equal(found?.row, 2);
    assert.doesNotMatch(found?.message ?? '', /GB18030/);
  });

  test('UTF-16 with a byte order mark is read, and half a character of it is a problem', () => {
    const little = [0xff, 0xfe, 0x37, 0x62, 0x09, 0x00, 0x61, 0x00];
    const big = [0xfe, 0xff, 0x62, 0x37, 0x00, 0x09, 0x00, 0x61];
    for (const bytes of [little, big]) assert.deepEqual(readTable(Uint8Array.from(bytes), 'a').rows, [['户', 'a']]);
    assert.equal(problem([...little, 0x00])?.code, 'bad-encoding');
  });
});

test('any bytes under any name give rows and problems, and the scanner agrees about the text ones', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: fc.constantFrom('a', '"', ',', '\t', '\n', '\r', ' ', '户'), maxLength: 30 }).map(encode)); // prettier-ignore
  fc.assert(
    fc.property(bytes, fc.constantFrom('a.tsv', 'a.csv', 'a.jsonl'), (content, name) => {
      const table = readTable(content, name);
      assert.equal(table.rows.length, table.lines.length);
      if (table.problems.length > 0 || table.format === 'jsonl') return;
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
      if (content[0] === 0xff || content[0] === 0xfe) return;
      const index = scanCells(text, table.format);
      const line = (offset: number) => text.slice(0, offset).split(/\r\n|\n|\r/).length; // prettier-ignore
      const all = Array.from({ length: index.rowCount }, (_, row) => ({
        cells: rowValues(text, index, row),
        line: line(index.rowStart(row)),
      }));
      const filled = all.filter(({ cells }) => !isBlankRow(cells));
      assert.deepEqual([table.rows, table.lines], [filled.map(({ cells }) => cells), filled.map((row) => row.line)]);
    }),
    { numRuns: 1000 },
  );
});

// prettier-ignore
test('malformed published cases are read or reported, never thrown', { skip: DATA ? false : 'set ROWLIGHT_DATA to the folder that holds conformance_csv_test_data' }, () => {
  const folder = join(DATA ?? '', 'conformance_csv_test_data', 'csv');
  assert.ok(existsSync(folder));
  for (const name of readdirSync(folder).filter((file) => file.startsWith('bad-'))) {
    const table = readTable(readFileSync(join(folder, name)), name);
    assert.equal(table.problems.length, name === 'bad-missing-quote.csv' ? 1 : 0, name);
  }
});
