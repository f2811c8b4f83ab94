import assert from 'node:assert/strict';
import { test } from 'node:test';

import { preTokenize } from '../../../src/server/tokenizer/pre-tokenize';

function check(text: string, expected: readonly string[]): void {
  test(JSON.stringify(text), () => {
    const bounds = preTokenize(text);
    const words: string[] = [];
    for (let word = 0; word < bounds.length; word += 2) words.push(text.slice(bounds[word], bounds[word + 1]));
    assert.deepEqual(words, expected);
  });
}

check('', []);
check('   ', []);
check('hello', ['hello']);
check(' hello  world ', ['hello', 'world']);
check("don't stop...", ['don', "'", 't', 'stop', '.', '.', '.']);
check('2^10=$5', ['2', '^', '10', '=', '$', '5']);
check('a\u3000b\u2028c', ['a', 'b', 'c']);
check(' 中  国 ，', ['中', '国', '，']);
check('x𐄀y', ['x', '𐄀', 'y']);
check('𝒜𝒜', ['𝒜𝒜']);
check('￥×÷€', ['￥×÷€']);
check('_a_', ['_', 'a', '_']);
