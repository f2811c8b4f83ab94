import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c, tfRecord } from '../../../src/server/runs/tfrecord';

test('CRC-32C of the examples in RFC 3720, appendix B.4', () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, at) => at);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(ascending), 0x46dd794e);
  assert.equal(crc32c(ascending.toReversed()), 0x113fdb5c);
  assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
});

test('a record lies between its length and two checksums', () => {
  const framed = tfRecord(new TextEncoder().encode('abc'));
  assert.equal(framed.length, 19);
  const view = new DataView(framed.buffer);
  assert.equal(view.getBigUint64(0, true), 3n);
  assert.equal(new TextDecoder().decode(framed.subarray(12, 15)), 'abc');
  const unmasked = (at: number): number => {
    const rotated = (view.getUint32(at, true) - 0xa282ead8) >>> 0;
    return ((rotated << 15) | (rotated >>> 17)) >>> 0;
  };
  assert.equal(unmasked(8), crc32c(framed.subarray(0, 8)));
  assert.equal(unmasked(15), crc32c(framed.subarray(12, 15)));
});
