import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { createNormalizer, type NormalizerSettings } from '../../../src/server/tokenizer/normalize';

const UNCASED: NormalizerSettings = { lowercase: true, stripAccents: null, tokenizeChineseChars: true };
const KEEP: NormalizerSettings = { lowercase: false, stripAccents: false, tokenizeChineseChars: false };

/** `source` is, for each unit of the normalized text, the piece of the original that it stems from. */
function check(
  name: string,
  settings: NormalizerSettings,
  text: string,
  normalized: string,
  source?: readonly string[],
): void {
  test(name, () => {
    const found = createNormalizer(settings)(text);
    assert.equal(found.text, normalized);
    assert.equal(found.starts.length, normalized.length);
    assert.equal(found.ends.length, normalized.length);
    if (source)
      assert.deepEqual(
        found.starts.map((start, unit) => text.slice(start, found.ends[unit])),
        source,
      );
  });
}

check('spaces around ideographs stem from the ideograph', UNCASED, 'a中b', 'a 中 b', ['a', '中', '中', '中', 'b']);
check('an ideograph beyond the basic plane', UNCASED, '𠀀', ' 𠀀 ', ['𠀀', '𠀀', '𠀀', '𠀀']);
check('a compatibility ideograph is decomposed', UNCASED, '豈', ' 豈 ', ['豈', '豈', '豈']);
check('ideographs stay in words where the model wants it', { ...UNCASED, tokenizeChineseChars: false }, 'A中B', 'a中b');
check('control characters go, line ends become spaces', KEEP, 'a\u0000b\tc\r\nd\u000be\u0085f', 'ab c  def');
check('all white space becomes a space', KEEP, 'a\u00a0b\u3000c\u2028d', 'a b c d', [
  'a',
  '\u00a0',
  'b',
  '\u3000',
  'c',
  '\u2028',
  'd',
]);
check('an accent of its own belongs to no token', UNCASED, 'e\u0301x', 'ex', ['e', 'x']);
check('a composed letter stays whole', UNCASED, 'É', 'e', ['É']);
check('accents go without lower-casing where asked', { ...KEEP, stripAccents: true }, 'É', 'E');
check('accents stay with lower-casing where asked', { ...UNCASED, stripAccents: false }, 'É', 'é');
check('dotted capital I grows', { ...UNCASED, stripAccents: false }, 'İx', 'i\u0307x', ['İ', 'İ', 'x']);
check('dotted capital I, stripped', UNCASED, 'İ', 'i', ['İ']);
check('sigma has one lower case', UNCASED, 'ΟΣ', 'οσ');
check('a Hangul syllable falls into jamo', UNCASED, '한', '\u1112\u1161\u11ab', ['한', '한', '한']);
check('unpaired surrogates go', UNCASED, 'a\ud800b\udc00', 'ab', ['a', 'b']);

test('a part of the text has offsets into the whole', () => {
  const { text, starts, ends } = createNormalizer(UNCASED)('xxÉcy', 2, 4);
  assert.deepEqual({ text, starts, ends }, { text: 'ec', starts: [2, 3], ends: [3, 4] });
});

test('every character folds as in Hugging Face tokenizers', () => {
  const { folding } = JSON.parse(readFileSync('test/golden/tokenizer/folding.json', 'utf8')) as {
    folding: readonly (readonly [number, string, string, string])[];
  };
  const golden = new Map(folding.map(([codePoint, ...forms]) => [codePoint, forms]));
  assert.ok(golden.size > 3000);
  const normalizers = [
    createNormalizer({ ...KEEP, stripAccents: true }),
    createNormalizer({ ...KEEP, lowercase: true }),
    createNormalizer({ ...KEEP, lowercase: true, stripAccents: true }),
  ];
  for (const [codePoint, forms] of golden) {
    const found = normalizers.map((normalize) => normalize(String.fromCodePoint(codePoint)).text);
    assert.deepEqual(found, forms, `U+${codePoint.toString(16)}`);
  }
});
