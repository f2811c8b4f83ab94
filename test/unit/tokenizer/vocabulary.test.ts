import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RowlightError } from '../../../src/server/errors';
import { buildVocabulary, parseVocabulary } from '../../../src/server/tokenizer/vocabulary';
import { TEN_WORDS, tenWordVocabulary } from './ten-words';

test('the line is the id', () => {
  assert.deepEqual(tenWordVocabulary.tokens, TEN_WORDS);
  assert.equal(tenWordVocabulary.words.get('want'), 5);
  assert.equal(tenWordVocabulary.continuations.get('want'), 6);
  assert.equal(tenWordVocabulary.longestEntry, '##want'.length);
  const { padId, unkId, clsId, sepId, maskId } = tenWordVocabulary;
  assert.deepEqual([padId, unkId, clsId, sepId, maskId], [0, 1, 2, 3, 4]);
});

test('line ends of Windows, a byte-order mark and a last line end change nothing', () => {
  const bytes = new TextEncoder().encode(`\ufeff${TEN_WORDS.join('\r\n')}\r\n`);
  assert.deepEqual(parseVocabulary(bytes, 'v'), tenWordVocabulary);
});

test('a blank line keeps its id; of equal lines the later one counts', () => {
  const { tokens, words } = parseVocabulary(`${TEN_WORDS.join('\n')}\n\nwant\n`, 'v');
  assert.equal(tokens.length, TEN_WORDS.length + 2);
  assert.equal(words.get('want'), TEN_WORDS.length + 1);
});

function fails(name: string, file: string | Uint8Array, message: RegExp): void {
  test(name, () => {
    assert.throws(
      () => parseVocabulary(file, 'model/vocab.txt'),
      (error) => RowlightError.is(error, 'bad-model') && message.test(error.message) && !error.message.includes('\n'),
    );
  });
}

fails('an empty file', '', /^model\/vocab\.txt: the vocabulary is empty\. Take/);
fails(
  'a file of something else',
  'hello\nworld\n',
  /^model\/vocab\.txt: \[PAD\], \[UNK\], \[CLS\], \[SEP\], \[MASK\] missing/,
);
fails('one special token missing', TEN_WORDS.filter((word) => word !== '[SEP]').join('\n'), /: \[SEP\] missing/);
fails('not UTF-8', Uint8Array.of(0x5b, 0xff, 0xfe), /not UTF-8/);

test('two entries with one id', () => {
  const ids = new Map([...TEN_WORDS.map((word, id) => [word, id] as const), ['twice', 5] as const]);
  assert.throws(
    () => buildVocabulary(ids, 20, 'v'),
    (error) => RowlightError.is(error, 'bad-model') && /^v: want and twice have the same id 5\./.test(error.message),
  );
});
