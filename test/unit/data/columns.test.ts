import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseColumns, type ColumnSettings, describeColumns, sampleRows } from '../../../src/server/data/columns';

/** Rows from lines of cells divided by `|`. */
const rowsOf = (...lines: string[]) => lines.map((line) => line.split('|').map((cell) => cell.trim()));

function check(name: string, lines: string[], expected: string, settings?: ColumnSettings): void {
  test(name, () => {
    const { columns, problems } = chooseColumns(rowsOf(...lines), settings);
    assert.deepEqual(problems, []);
    assert.equal(describeColumns(columns), expected);
  });
}

const DESK = ['户政管理|户口怎么迁到外省去？', '户政管理|改一下户主要几天', '道路交通|换领登记证书要带车去吗'];
const CODED = ['想把户口迁到外省去|3', '改一下户主要几天|3', '换领登记证书要带车吗|11', '校车标牌去哪里核发|0'];

// prettier-ignore
describe('columns by name', () => {
  check('the article', ['场景|问题', ...DESK], 'text 问题 (by name), label 场景 (by name), with header');
  check('case, width and joints do not matter', [' ＴＥＸＴ |Label-Name', ...DESK], 'text ＴＥＸＴ (by name), label Label-Name (by name), with header');
  check('pairs', ['id|sentence1|sentence2|label', '1|a b|c d|0', '2|e f|g h|1'], 'text sentence1 (by name), second text sentence2 (by name), label label (by name), with header');
  check('pairs in Chinese', ['问题1|问题2|标签', '一|二|是', '三|四|否'], 'text 问题1 (by name), second text 问题2 (by name), label 标签 (by name), with header');
  check('premise and hypothesis', ['hypothesis|premise|y', 'a|b|1', 'c|d|0'], 'text premise (by name), second text hypothesis (by name), label y (by name), with header');
  check('a half pair is one text', ['类别|text_a', ...DESK], 'text text_a (by name), label 类别 (by name), with header');
  check('text goes before title', ['title|text|label', 'a|b|c'], 'text text (by name), label label (by name), with header');
  check('a header alone', ['label|text'], 'text text (by name), label label (by name), with header');
  check('one column', ['text', 'a', 'b'], 'text text (by name), no labels, with header');
});

// prettier-ignore
describe('columns by value', () => {
  check('unknown names', ['甲方|乙方', ...DESK], 'text 乙方 (guessed from its values), label 甲方 (guessed from its values), with header');
  check('an id column is neither', ['nr|was|art', '1|wie bekomme ich einen Pass|x', '2|wo melde ich mein Auto an|y', '3|wer hilft mir beim Umzug|x', '4|wann ist das Amt offen|y'], 'text was (guessed from its values), label art (guessed from its values), with header');
  check('all different: no labels', ['key|value', 'k1|a long text about this', 'k2|another text about that', 'k3|a third one, longer than both'], 'text value (guessed from its values), no labels, with header');
  check('unlabelled rows do not hide the labels', ['a|b', '|一个没有标签的问题', 'x|第一个有标签的问题', 'x|第二个有标签的问题', '|又一个没有标签的问题'], 'text b (guessed from its values), label a (guessed from its values), with header');
});

// prettier-ignore
describe('headerless files', () => {
  check('labels that come again', DESK, 'text column 2 (guessed from its values), label column 1 (guessed from its values), no header');
  check('text and class id', CODED, 'text column 1 (guessed from its values), label column 2 (guessed from its values), no header');
  check('pairs', ['第一句话|第二句话在这里|0', '另一句话|还有一句在这里|1', '又是一句|最后一句在这里|0'], 'text column 1 (guessed from its values), second text column 2 (guessed from its values), label column 3 (guessed from its values), no header');
  check('one text a line', ['你好', '怎么办', '请问'], 'text column 1 (guessed from its values), no labels, no header');
  check('an unlabelled first row', ['|没有标签', ...DESK], 'text column 2 (guessed from its values), label column 1 (guessed from its values), no header');
  check('a label that is also a column name', ['y|do you sell tickets here', 'n|where is the station', 'y|is it open today', 'n|how far is it'], 'text column 2 (guessed from its values), label column 1 (guessed from its values), no header');
  check('columns by number', DESK, 'text column 1 (as set), label column 2 (as set), no header', { text: '1', label: '2' });
  check('a single row', ['户政管理|户口怎么迁？'], 'text column 2 (guessed from its values), no labels, no header');
});

// prettier-ignore
describe('columns by setting', () => {
  check('go before names', ['text|label|note|grade', 'a|b|c|d'], 'text note (as set), label grade (as set), with header', { text: 'note', label: 'Grade' });
  check('make a header of a row that would not be one', ['so|la', 'so|x one', 'so|y two', 'z|w'], 'text la (as set), label so (guessed from its values), with header', { text: 'la' });
  check('one half of a pair alone is a single text', ['text_a|text_b|label', 'a|b|c'], 'text text_a (as set), label label (by name), with header', { text: 'text_a' });
  check('any two columns make a pair', ['text|note|label', 'a|b|c'], 'text text (by name), second text note (as set), label label (by name), with header', { textB: 'note' });

  test('a column that is not there: the problem names those that are', () => {
    const { problems } = chooseColumns(rowsOf('场景|问题', ...DESK), { text: '标题' });
    assert.deepEqual(problems.map(({ code, severity, column, message }) => [code, severity, column, message]), [
      ['unknown-column', 'error', '标题', 'There is no such column. Name one that is there: 场景, 问题.'],
    ]);
  });

  test('without a header the problem says which numbers there are', () => {
    const { problems } = chooseColumns(rowsOf(...DESK), { label: '场景' });
    assert.match(problems[0]?.message ?? '', /no header; name a column by its number: 1 \(户政管理\), 2 \(户口/);
  });

  test('the only column cannot be text and label', () => {
    const { columns, problems } = chooseColumns(rowsOf('label', 'a', 'b'));
    assert.deepEqual([columns.text, problems[0]?.code], [undefined, 'no-text-column']);
  });
});

test('JSONL keys are the names and no row is a header', () => {
  const { columns } = chooseColumns(rowsOf('text|label'), {}, ['content', 'category']);
  assert.equal(describeColumns(columns), 'text content (by name), label category (by name), with header');
});

test('nothing at all chooses nothing', () => {
  assert.deepEqual(chooseColumns([]), { columns: { names: [], header: false }, problems: [] });
});

test('sampleRows is spread over the file and begins with its first row', () => {
  const rows = sampleRows(10_000, (row) => [String(row)]);
  assert.deepEqual([rows.length, rows[0], rows[1], rows.at(-1)], [1000, ['0'], ['10'], ['9990']]);
  assert.deepEqual(sampleRows(2, (row) => [String(row)]), [['0'], ['1']]); // prettier-ignore
});
