import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createAddedTokenSplitter } from '../../../src/server/tokenizer/added-tokens';

function check(text: string, expected: readonly string[], added = ['[SEP]', '[MASK]', '[E]', '[E]+']): void {
  test(JSON.stringify(text), () => {
    const sections: string[] = [];
    let end = 0;
    createAddedTokenSplitter(added)(text, (from, to, token) => {
      assert.equal(from, end);
      end = to;
      if (token !== undefined) assert.equal(token, text.slice(from, to));
      sections.push(token === undefined ? text.slice(from, to) : `<${token}>`);
    });
    assert.equal(end, text.length);
    assert.deepEqual(sections, expected);
  });
}

check('', []);
check('plain', ['plain']);
check('[SEP]', ['<[SEP]>']);
check('a[SEP]b', ['a', '<[SEP]>', 'b']);
check('[MASK][MASK] ', ['<[MASK]>', '<[MASK]>', ' ']);
check('[[MASK]]', ['[', '<[MASK]>', ']']);
check('[mask] [SEP', ['[mask] [SEP']);
check('[E]+[E]', ['<[E]+>', '<[E]>']);
check('\ud800[SEP]\udc00', ['\ud800', '<[SEP]>', '\udc00']);
check('a.c abc', ['<a.c>', ' abc'], ['a.c']);
