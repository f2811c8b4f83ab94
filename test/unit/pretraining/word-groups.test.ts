import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadJieba } from '../../../src/server/corpus/jieba';
import { RowlightError } from '../../../src/server/errors';
import { spanF1 } from '../../../src/server/pretraining/span-f1';
import { continuesWord } from '../../../src/server/pretraining/word-groups';
import { DEFAULT_TOKENIZER_CONFIG, createTokenizer } from '../../../src/server/tokenizer/tokenizer';
import { parseVocabulary } from '../../../src/server/tokenizer/vocabulary';
import { temporaryFolder } from '../../support/tiny-run';

const vocabulary = parseVocabulary(readFileSync(join('models', 'zh-mini', 'vocab.txt')), 'vocab.txt');
const tokenizer = createTokenizer(vocabulary, DEFAULT_TOKENIZER_CONFIG);

/** The tokens of a text, those of one word joined by `+`. */
function words(text: string, ends: readonly number[]): string[] {
  const encoding = tokenizer.encode(text);
  const continues = continuesWord(text, encoding, ends);
  const groups: string[] = [];
  encoding.tokens.slice(1, -1).forEach((token, i) => {
    if (continues[i]) groups.push(`${groups.pop()!}+${token}`);
    else groups.push(token);
  });
  return groups;
}

/** Ends of words from a text with bars between them. */
function barred(text: string): [string, number[]] {
  let at = 0;
  return [text.replaceAll('|', ''), text.split('|').map((word) => (at += word.length))];
}

test('Chinese goes by the words of the segmenter, other scripts by white space, punctuation and pieces', () => {
  assert.deepEqual(words(...barred('今天|我们|去|打|羽毛球|，')), ['今+天', '我+们', '去', '打', '羽+毛+球', '，']);
  const [english] = words(...barred('unbelievable| |3.14'));
  assert.match(english!, /^\w+(\+##\w+)+$/, 'the pieces of a word are one word');
  assert.deepEqual(words(...barred('3.14')).length, 3, 'punctuation parts words even where the segmenter does not');
});

test('pieces stay with their word where the segmenter cuts it, and a token over a border ends the word', () => {
  const whole = words(...barred('unbelievable'));
  assert.deepEqual(words(...barred('unb|eliev|able')), whole);
  const encoding = {
    tokens: ['[CLS]', '今天我', '们', '去', '[SEP]'],
    offsets: Int32Array.of(0, 0, 0, 3, 3, 4, 4, 5, 0, 0),
  };
  assert.deepEqual([...continuesWord('今天我们去', encoding, [2, 4, 5])], [0, 0, 0]);
});

test('jieba cuts any text into words that make it up, and knows the words it is told', async (t) => {
  const plain = await loadJieba();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const ends = plain(text);
      assert.ok(ends.every((end, i) => end > (ends[i - 1] ?? 0)));
      assert.equal(ends.at(-1) ?? 0, text.length);
      assert.equal(continuesWord(text, tokenizer.encode(text), ends).length, tokenizer.encode(text).ids.length - 2);
    }),
  );
  const text = '今天我们去打羽毛球';
  assert.deepEqual(plain(text), [2, 4, 5, 6, 9]);
  const file = join(temporaryFolder(t), 'words.txt');
  writeFileSync(file, '打羽毛球 20000 v\n\n路灯派 \n');
  const own = await loadJieba(file);
  assert.deepEqual(own(text), [2, 4, 5, 9]);
  writeFileSync(file, '打羽毛球\n羽毛 1.5\n');
  await assert.rejects(
    loadJieba(file),
    (error) => RowlightError.is(error, 'bad-data') && /line 2.*1\.5/.test(error.message),
  );
});

test('span F1 counts words whose begin and end are both right', () => {
  const { gold, found, both, precision, recall, f1 } = spanF1([
    [
      [2, 4, 5],
      [2, 3, 4, 5],
    ],
    [[3], [3]],
  ]);
  assert.deepEqual([gold, found, both], [4, 5, 3]);
  assert.deepEqual([precision, recall], [3 / 5, 3 / 4]);
  assert.ok(Math.abs(f1 - 2 / 3) < 1e-12);
  assert.equal(spanF1([]).f1, 0);
});
