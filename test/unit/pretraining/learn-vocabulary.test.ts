import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { countWords } from '../../../src/server/corpus/count-words';
import { RowlightError } from '../../../src/server/errors';
import { learnVocabulary } from '../../../src/server/pretraining/learn-vocabulary';
import { DEFAULT_TOKENIZER_CONFIG, createTokenizer } from '../../../src/server/tokenizer/tokenizer';
import { SPECIAL_TOKENS, parseVocabulary } from '../../../src/server/tokenizer/vocabulary';
import { temporaryFolder } from '../../support/tiny-run';

test('frequent pairs become pieces, one after the other', () => {
  // l+o and o+w 7 times each (low, lower), of which o+w comes first; then l+ow; e+w 6 times (new) and n+ew; then e+r, and low+er.
  const words = new Map([
    ['low', 5],
    ['lower', 2],
    ['new', 6],
  ]);
  const characters = ['##w', '##e', '##o', 'l', 'n', '##r'];
  assert.deepEqual(learnVocabulary(words, 14), [...SPECIAL_TOKENS, ...characters, '##ow', 'low', '##ew']);
  assert.deepEqual(learnVocabulary(words, 100).slice(13), ['##ew', 'new', '##er', 'lower']);
});

/** Merging by counting everything anew each time: slow, and plainly right. */
function simple(words: ReadonlyMap<string, number>, start: readonly string[], size: number): string[] {
  const entries = new Set(start);
  const spelt = [...words]
    .map(([word, count]) => ({ count, pieces: [...word].map((c, i) => (i === 0 ? c : `##${c}`)) }))
    .filter(({ pieces }) => pieces.every((piece) => entries.has(piece)));
  for (;;) {
    const counts = new Map<string, number>();
    for (const { pieces, count } of spelt)
      for (let i = 1; i < pieces.length; i++) {
        const pair = `${pieces[i - 1]}\n${pieces[i]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + count);
      }
    const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    if (best === undefined || best[1] < 2 || entries.size >= size) return [...entries];
    const [a, b] = best[0].split('\n') as [string, string];
    entries.add(a + b.slice(2));
    for (const word of spelt) {
      const pieces: string[] = [];
      for (let i = 0; i < word.pieces.length; i++) {
        const joins = word.pieces[i] === a && word.pieces[i + 1] === b;
        pieces.push(joins ? a + b.slice(2) : word.pieces[i]!);
        if (joins) i++;
      }
      word.pieces = pieces;
    }
  }
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '中'), minLength: 1, maxLength: 7 });

test('the same entries as by counting anew after each merge; every word of known characters can be spelt', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, fc.integer({ min: 1, max: 9 })), { maxLength: 25 }),
      fc.integer({ min: 6, max: 60 }),
      (list, size) => {
        const words = new Map(list);
        const entries = learnVocabulary(words, size);
        assert.ok(entries.length <= size);
        assert.deepEqual(
          entries,
          simple(words, learnVocabulary(words, size).slice(0, 5 + alphabet(words, size)), size),
        );
        const vocabulary = parseVocabulary(entries.join('\n'), 'vocab.txt');
        const tokenizer = createTokenizer(vocabulary, { ...DEFAULT_TOKENIZER_CONFIG, tokenizeChineseChars: false });
        for (const [text] of words) {
          const known = [...text].every((c, i) => entries.includes(i === 0 ? c : `##${c}`));
          if (known) assert.ok(!tokenizer.encode(text).ids.includes(vocabulary.unkId), text);
        }
      },
    ),
  );
});

/** How many characters have an entry. */
function alphabet(words: ReadonlyMap<string, number>, size: number): number {
  const pieces = new Set([...words.keys()].flatMap((text) => [...text].map((c, i) => (i === 0 ? c : `##${c}`))));
  return Math.min(pieces.size, size - 5);
}

test('a size without room for words is refused', () => {
  assert.throws(
    () => learnVocabulary(new Map([['a', 3]]), 5),
    (error) => RowlightError.is(error, 'bad-argument'),
  );
});

test('words are counted as the tokenizer cuts them, junk left out, the rarest forgotten where there are too many', async (t) => {
  const file = join(temporaryFolder(t), 'a.txt');
  writeFileSync(file, 'Lower lower, 中国\n——————\n\nlower once twice\n');
  const files = [{ path: file, bytes: 0 }];
  const counts = await countWords(files, {}, DEFAULT_TOKENIZER_CONFIG, () => undefined);
  assert.deepEqual(Object.fromEntries(counts), { lower: 3, ',': 1, 中: 1, 国: 1, once: 1, twice: 1 });
  const few = await countWords(files, {}, DEFAULT_TOKENIZER_CONFIG, () => undefined, 3);
  assert.ok(few.size <= 3 && few.get('lower') === 3);
});
