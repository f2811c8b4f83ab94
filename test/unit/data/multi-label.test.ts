import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toDataset } from '../../../src/server/data/dataset';
import { joinLabels, splitLabels, withJoinedLabels } from '../../../src/server/data/multi-label';
import { readTable } from '../../../src/server/data/read';
import { byRarestLabel, classesOf, multiHot } from '../../../src/server/training/classes';
import { holdOut } from '../../../src/server/training/split';

const multiLabel = { delimiter: '|' };
const table = (text: string) => readTable(new TextEncoder().encode(text), 'rows.tsv');

test('cells of one set are read as one label, whatever their order, blanks and repetitions', () => {
  const { examples, labels, problems } = toDataset(table('label\ttext\nb| a\t1\na|b|a\t2\nb\t3\n|\t4\n\t5\n'), {
    multiLabel,
    columns: { text: 'text', label: 'label' },
  });
  assert.deepEqual(labels, ['a', 'b']);
  assert.deepEqual(
    examples.map(({ label }) => label),
    ['a|b', 'a|b', 'b', '|', undefined],
  );
  assert.deepEqual(problems, []);
});

test('a label that is none of the given ones is named, not its whole cell', () => {
  const { problems } = toDataset(table('label\ttext\na|c\t1\n'), { multiLabel, labels: ['a', 'b'] });
  assert.match(problems[0]!.message, /^"c" is none of the labels/);
});

test('what is joined is split again', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !text.includes('|'));
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 6 }), (labels) => {
      assert.deepEqual(splitLabels(joinLabels(labels, labels, multiLabel), multiLabel), labels);
    }),
  );
});

test('columns of one label each become one cell; rows that say nothing stay unlabelled', () => {
  const complaints: string[] = [];
  const columns = ['a', 'b'];
  const given = table('text\ta\tb\n1\t1\t0\n2\t0\t0\n3\t\t\n4\tyes\t是\n5\tmaybe\t1\n6\n');
  const joined = withJoinedLabels(given, { delimiter: '|', columns }, (line, column, cell) =>
    complaints.push(`${line} ${column} ${cell}`),
  );
  assert.deepEqual(
    joined?.rows.map((row) => row.at(-1)),
    ['labels', 'a', '|', '', 'a|b', 'b', ''],
  );
  assert.deepEqual(complaints, ['6 a maybe']);
  assert.equal(
    withJoinedLabels(given, { delimiter: '|', columns: ['a', 'c'] }, () => undefined),
    undefined,
  );
});

test('the split holds out every label alike, rare ones too, and keeps duplicates together', () => {
  // 200 rows of a frequent label, a tenth of them with a rare one as well.
  const rows = Array.from({ length: 200 }, (_, row) => ({
    row,
    text: `text ${row % 180}`,
    label: row % 10 === 0 ? 'frequent|rare' : 'frequent',
  }));
  const { heldOut } = holdOut(byRarestLabel(rows, multiLabel), 7, 0.2);
  const rare = heldOut.filter((at) => rows[at]!.label.includes('rare')).length;
  assert.equal(heldOut.length, 40);
  assert.equal(rare, 4);
  const texts = new Set(heldOut.map((at) => rows[at]!.text));
  assert.equal(rows.filter(({ text }) => texts.has(text)).length, 40);
});

test('classes are the sets that occur, and stand for the labels in them', () => {
  const { names, sets } = classesOf(['a', 'b', 'c'], [{ label: 'a|c' }, { label: '|' }, { label: 'a|c' }], multiLabel);
  assert.deepEqual([names, sets], [['a|c', '|'], [[0, 2], []]]); // prettier-ignore
  assert.deepEqual([...multiHot([1, 0], sets!, 3)], [0, 0, 0, 1, 0, 1]);
});
