import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import {
  isChinese,
  isNonspacingMark,
  isPunctuation,
  isRemoved,
  isWhitespace,
} from '../../../src/server/tokenizer/unicode';

const { classes } = JSON.parse(readFileSync('test/golden/tokenizer/classes.json', 'utf8')) as {
  classes: Record<string, readonly (readonly [number, number])[]>;
};

/** Checks a predicate on all code points against what Hugging Face tokenizers does with them. */
function check(
  name: string,
  predicate: (codePoint: number) => boolean,
  except: (codePoint: number) => boolean = () => false,
): void {
  test(`${name}: every code point`, () => {
    const expected = new Uint8Array(0x110000);
    for (const [first, last] of classes[name] ?? assert.fail(`no golden for ${name}`))
      expected.fill(1, first, last + 1);
    for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
      if (except(codePoint)) continue;
      if (predicate(codePoint) !== (expected[codePoint] === 1))
        assert.fail(`U+${codePoint.toString(16)}: ${predicate(codePoint)}`);
    }
  });
}

/** Not characters: the reference, which reads UTF-8, never sees one. */
const isSurrogate = (codePoint: number): boolean => codePoint >= 0xd800 && codePoint <= 0xdfff;

check('removed', isRemoved, isSurrogate);
check('chinese', isChinese);
check('nonspacingMark', isNonspacingMark);
check('whitespace', isWhitespace);
check('punctuation', isPunctuation);

test('surrogates on their own are dropped', () => {
  assert.ok(isRemoved(0xd800) && isRemoved(0xdfff) && !isRemoved(0xd7ff) && !isRemoved(0x10000));
});
