import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markedText } from '../../support/marked-text';

test('marks become places and leave the text', () => {
  const { text, cursors, ranges } = markedText('标签\t文本\r\n<[交通]>\t红灯<|>怎么处理');
  assert.equal(text, '标签\t文本\r\n交通\t红灯怎么处理');
  assert.deepEqual(cursors, [{ offset: 12, line: 1, character: 5 }]);
  assert.deepEqual(ranges, [
    { start: { offset: 7, line: 1, character: 0 }, end: { offset: 9, line: 1, character: 2 } },
  ]);
});

test('ranges nest and are listed by their beginnings; what only looks like a mark stays', () => {
  const { text, cursors, ranges } = markedText('<[a<[b]>]>c <| [x]');
  assert.equal(text, 'abc <| [x]');
  assert.deepEqual(cursors, []);
  assert.deepEqual(
    ranges.map(({ start, end }) => text.slice(start.offset, end.offset)),
    ['ab', 'b'],
  );
});

test('an unclosed range is a mistake in the test', () => {
  assert.throws(() => markedText('<[a'), /without "\]>"/);
  assert.throws(() => markedText('a]>'), /without "<\["/);
});
