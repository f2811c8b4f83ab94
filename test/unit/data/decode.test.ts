import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { firstInvalidByte } from '../../../src/server/data/decode';

/** What the runtime's own decoder says of a prefix; `stream` lets an unfinished sequence at its end pass. */
function accepts(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

test('firstInvalidByte agrees with the runtime about where a text stops being UTF-8', () => {
  const lead = fc.constantFrom(
    0x41,
    0x7f,
    0x80,
    0xbf,
    0xc0,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
    0xff,
    0x9f,
    0xa0,
    0x8f,
    0x90,
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.array(lead, { maxLength: 8 }).map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(bytes, (content) => {
      const at = firstInvalidByte(content);
      assert.equal(at === content.length, accepts(content, false));
      assert.ok(accepts(content.subarray(0, at), false), 'all before it is whole characters');
      if (at < content.length) {
        const longest = [1, 2, 3, 4].filter((length) => at + length <= content.length);
        assert.ok(
          longest.every((length) => !accepts(content.subarray(0, at + length), false)),
          'no character begins there',
        );
      }
    }),
    { numRuns: 3000 },
  );
});

test('firstInvalidByte passes every code point', () => {
  const text = Array.from({ length: 0x110000 / 64 }, (_, at) => at * 64 + (at % 64)).filter((point) => point < 0xd800 || point > 0xdfff).map((point) => String.fromCodePoint(point)).join(''); // prettier-ignore
  const bytes = new TextEncoder().encode(text);
  assert.equal(firstInvalidByte(bytes), bytes.length);
});
