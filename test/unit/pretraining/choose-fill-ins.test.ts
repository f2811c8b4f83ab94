/** Texts to fill in, of a corpus's own documents. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseFillIns } from '../../../src/server/pretraining/choose-fill-ins';
import { CONTINUES, DOCUMENT_END, ENDS_LINE } from '../../../src/server/pretraining/token-stream';

const TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '身', '份', '证', '丢', '了', '，', '怎', '么', '办'];
const ENGLISH = ['my', 'pass', '##port', 'is', 'lost', '.', 'where', 'to', 'go'];
const vocabulary = { tokens: [...TOKENS, ...ENGLISH], unkId: 1 };

/** A document of lines; a token with `+` before it goes on with the word before. */
function document(...lines: readonly string[]): number[] {
  const numbers = lines.flatMap((line) => {
    const tokens = line.split(' ');
    return tokens.map((token, at) => {
      const id = vocabulary.tokens.indexOf(token.replace('+', ''));
      assert.ok(id >= 0, token);
      return id | (token.startsWith('+') ? CONTINUES : 0) | (at === tokens.length - 1 ? ENDS_LINE : 0);
    });
  });
  return [...numbers, DOCUMENT_END];
}

test('a word of several tokens is masked as a whole; Chinese has no spaces, other scripts have theirs', () => {
  const chinese = Int32Array.from(document('身 +份 +证 丢 了 ，'));
  assert.deepEqual(chooseFillIns(chinese, vocabulary, 1, 3), ['[MASK][MASK][MASK]丢了，']);
  const english = Int32Array.from(document('my pass +##port is lost . where to go'));
  assert.deepEqual(chooseFillIns(english, vocabulary, 1, 3), ['my [MASK][MASK] is lost. where to go']);
});

test('short lines and those with unknown tokens are passed over; a document gives one text at most', () => {
  const numbers = Int32Array.from([
    ...document('身 +份 +证', '丢 了 ， 怎 +么 [UNK]', '丢 了 ， 怎 +么 办'),
    ...document('， ， ， ， ， ，'),
    ...document('身 +份 +证'),
  ]);
  assert.deepEqual(chooseFillIns(numbers, vocabulary, 1, 3), ['丢了，[MASK][MASK]办']);
  assert.deepEqual(chooseFillIns(new Int32Array(), vocabulary, 1, 3), []);
});

test('a long line is cut after a whole word', () => {
  const words = Array.from({ length: 30 }, () => '身 +份 +证').join(' ');
  const [text] = chooseFillIns(Int32Array.from(document(words)), vocabulary, 1, 3);
  // 13 words of three tokens are within 40.
  assert.equal(text!.replace('[MASK][MASK][MASK]', '身份证'), '身份证'.repeat(13));
});

test('the choice is the same for the same seed, and another for another', () => {
  const all = ['身 +份 +证 丢 了', '丢 了 怎 +么 办', '身 +份 +证 怎 +么 办', '怎 +么 办 丢 了', '办 了 身 +份 +证'];
  const numbers = Int32Array.from(all.flatMap((line) => document(line)));
  const chosen = (seed: number) => chooseFillIns(numbers, vocabulary, seed, 3);
  assert.deepEqual(chosen(7), chosen(7));
  assert.equal(chosen(7).length, 3);
  assert.ok(new Set([1, 2, 3, 4, 5, 6].map((seed) => chosen(seed).join())).size > 1);
});
