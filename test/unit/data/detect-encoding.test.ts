import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeStart, detectEncoding, type Encoding } from '../../../src/server/data/detect-encoding';
import { encodeAs } from '../../support/encode';

function detect(bytes: Uint8Array): Encoding | undefined {
  const work = detectEncoding(bytes);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

const TABLE =
  '场景\t问题\n户政管理\t身份证丢了怎么补办，需要带什么材料？\n道路交通\t电动车没有上牌会不会被罚款\n\t孩子上户口要多久\n';
const TRADITIONAL = '標籤\t問題\n戶政\t身分證遺失了要怎麼補辦，需要帶什麼資料？\n交通\t機車沒有牌照會不會被罰款\n';

test('each encoding is told by its bytes', () => {
  const plain = new TextEncoder().encode(TABLE);
  assert.equal(detect(plain), 'utf-8');
  assert.equal(detect(Uint8Array.of(0xef, 0xbb, 0xbf, ...plain)), 'utf-8');
  assert.equal(detect(encodeAs('gb18030', TABLE)), 'gb18030');
  assert.equal(detect(encodeAs('big5', TRADITIONAL)), 'big5');
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    assert.equal(detect(encodeAs(encoding, TABLE)), encoding);
    assert.equal(detect(encodeAs(encoding, `\ufeff${TABLE}`)), encoding);
  }
  assert.equal(detect(new Uint8Array()), 'utf-8');
  assert.equal(detect(Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a)), undefined, 'Latin-1');
});

test('what is told decodes without loss to what was written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...TABLE.split('\n').slice(1, -1)), { minLength: 4, maxLength: 20 }),
      (lines) => {
        const text = lines.join('\n');
        for (const encoding of ['gb18030', 'utf-16le', 'utf-16be'] as const) {
          const bytes = encodeAs(encoding, text);
          const told = detect(bytes);
          // A few letters alone are valid in several encodings.
          if (text.trim().length > 10) assert.equal(told && decodeStart(told, bytes, bytes.length), text);
        }
      },
    ),
  );
});

test('any bytes: an answer, and never an exception', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void detect(bytes)));
});
