import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type Dataset, type DatasetOptions, toDataset } from '../../../src/server/data/dataset';
import { readTable } from '../../../src/server/data/read';
import { describeProblem, ProblemList } from '../../../src/server/data/problem';

const read = (text: string, options?: DatasetOptions, name = 'train.tsv') =>
  toDataset(readTable(new TextEncoder().encode(text), name), options);
const shown = (data: Dataset) => data.problems.map((problem) => describeProblem('train.tsv', problem));

describe('toDataset', () => {
  test('the article: header, labels in order, an unlabelled row', () => {
    const data = read('场景\t问题\r\n道路交通\t要带车吗\r\n\t没有标签\r\n 户政管理 \t 户口怎么迁 \r\n');
    assert.deepEqual(data.header, ['场景', '问题']);
    assert.deepEqual(data.examples, [
      { row: 0, text: '要带车吗', label: '道路交通' },
      { row: 1, text: '没有标签' },
      { row: 2, text: ' 户口怎么迁 ', label: '户政管理' },
    ]);
    assert.deepEqual([data.labels, data.lines, data.problems], [['户政管理', '道路交通'], [2, 3, 4], []]);
    assert.deepEqual(data.rows[2], [' 户政管理 ', ' 户口怎么迁 ']);
  });

  test('pairs', () => {
    const data = read('text_a,text_b,label\n"a, b",c,1\nd,e,0\n', {}, 'pairs.csv');
    assert.deepEqual(data.examples[0], { row: 0, text: 'a, b', textB: 'c', label: '1' });
  });

  test('JSONL', () => {
    const data = read('{"content":"甲","intent":"x"}\n{"content":"乙"}', {}, 'a.jsonl');
    assert.deepEqual(data.examples, [{ row: 0, text: '甲', label: 'x' }, { row: 1, text: '乙' }]); // prettier-ignore
    assert.deepEqual(data.header, ['content', 'intent']);
  });

  test('headerless with class.txt beside: ids get names, in the order of the file', () => {
    const data = read('第一条新闻\t1\n第二条新闻\t0\n第三条新闻\t1\n', { labelNames: ['财经', '房产', '体育'] });
    assert.equal(data.header, undefined);
    assert.deepEqual(data.examples.map(({ row, label }) => [row, label]), [[0, '房产'], [1, '财经'], [2, '房产']]); // prettier-ignore
    assert.deepEqual(data.labels, ['财经', '房产', '体育']);
    // A sibling with other ids is read the same way when the names are handed on.
    assert.deepEqual(
      read('第四条新闻\t2\n', { labelNames: data.labelNames!, columns: { label: '2' } }).examples[0]?.label,
      '体育',
    );
  });

  test('class.txt of something else is left alone', () => {
    assert.deepEqual(read('label\ttext\nx\ta\ny\tb\n', { labelNames: ['财经', '房产'] }).labels, ['x', 'y']);
  });
});

// prettier-ignore
describe('problems', () => {
  const check = (name: string, text: string, expected: string[], options?: DatasetOptions) => test(name, () => assert.deepEqual(shown(read(text, options)), expected)); // prettier-ignore

  check('an empty text', 'label\ttext\na\tx\nb\t \n', ['train.tsv:3: column text: The text is empty, so the row is left out. Fill it in or delete the row.']);
  check('too many cells', 'label\ttext\na\tx\ty\n', ['train.tsv:2: The row has 3 cells instead of 2, so it is left out. Remove the separators that do not belong, or quote the cell in a CSV file.']);
  check('no text in a short row', 'label\ttext\na\n', ['train.tsv:2: The row has 1 cell instead of 2, so it is left out. Add the missing separators.']);
  check('no label in a short row', 'text\tlabel\na\n', ['train.tsv:2: The row has 1 cell instead of 2, so it is read with empty cells at its end. Add the missing separators.']);
  check('a label outside the set', 'label\ttext\n道路\tx\n', ['train.tsv:2: column label: "道路" is none of the labels, so the row counts as unlabelled. Correct it to one of: 道路交通, 户政管理.'], { labels: ['道路交通', '户政管理'] });
  check('an id without a name', 'text\tlabel\nx\t0\ny\t7\nz\t1\n', ['train.tsv:3: column label: "7" is none of the labels, so the row counts as unlabelled. Correct it to one of: a, b.'], { labelNames: ['a', 'b'] });
  check('an unknown column', 'label\ttext\na\tx\n', ['train.tsv:1: column txt: There is no such column. Name one that is there: label, text.'], { columns: { text: 'txt' } });
  check('nothing below the header', 'label\ttext\n', ['train.tsv:1: The file has no rows below its header. Write one text a line, with its label in a column of its own.']);
  check('nothing', '', ['train.tsv:1: The file has no rows. Write one text a line, with its label in a column of its own.']);

  test('rows left out are no examples, rows patched are', () => {
    const data = read('text\tlabel\tnote\nfull\ta\tn\nshort\nlong\ta\tn\tm\n\t a\tn\nforeign\tz\tn\n', { labels: ['a'] });
    assert.deepEqual(data.examples, [{ row: 0, text: 'full', label: 'a' }, { row: 1, text: 'short' }, { row: 4, text: 'foreign' }]); // prettier-ignore
    assert.deepEqual(data.problems.map(({ code, row, severity }) => [code, row, severity]), [
      ['ragged-row', 3, 'warning'],
      ['ragged-row', 4, 'warning'],
      ['empty-text', 5, 'warning'],
      ['unknown-label', 6, 'warning'],
    ]);
    assert.equal(data.rows.length, 5);
  });

  test('a kind that comes thousands of times is listed a thousand times and then counted', () => {
    const list = new ProblemList();
    for (let row = 1; row <= 2500; row++) list.add({ code: 'empty-text', severity: 'warning', row, message: 'Empty.' });
    list.add({ code: 'open-quote', severity: 'error', row: 3, message: 'Open.' });
    const all = list.all();
    assert.equal(all.length, 1002);
    assert.equal(all[3]?.code, 'open-quote');
    assert.deepEqual(all.at(-1), { code: 'empty-text', severity: 'warning', row: 2500, message: 'Empty. (the last of 1500 more like this)' });
  });
});

test('any bytes and options give a data set whose parts agree', () => {
  const cell = fc.constantFrom(
    '',
    'a',
    'b',
    'label',
    'text',
    '1',
    '2',
    ' ',
    '"',
    '户',
    ',',
    '\t',
    '\n',
    '\n',
    '\r\n',
    '{"text":"a"}',
  );
  const content = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.array(cell, { maxLength: 40 }).map((cells) => new TextEncoder().encode(cells.join('')))); // prettier-ignore
  const options = fc.record({
    columns: fc.record({ text: fc.constantFrom('text', '1', '9'), label: fc.constantFrom('label', '2') }, { requiredKeys: [] }),
    labels: fc.constant(['a', '1']),
    labelNames: fc.constant(['a', 'b']),
  }, { requiredKeys: [] }); // prettier-ignore
  fc.assert(
    fc.property(content, fc.constantFrom('a.tsv', 'a.csv', 'a.jsonl'), options, (bytes, name, given) => {
      const data = toDataset(readTable(bytes, name), given);
      assert.equal(data.rows.length, data.lines.length);
      for (const { row, text, label } of data.examples) {
        assert.equal(data.rows[row]?.[data.columns.text?.index ?? -1], text);
        assert.notEqual(text.trim(), '');
        if (label !== undefined) assert.ok(data.labels.includes(label), label);
      }
      if (data.examples.length === 0) assert.ok(data.problems.length > 0);
      for (const problem of data.problems)
        assert.ok(problem.row >= 1 && !/[\r\n]/.test(problem.message), problem.message);
    }),
    { numRuns: 2000 },
  );
});
