import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { float16Of, float32Of } from '../../../src/server/model/float-formats';

const widened = (halves: Uint16Array) => float32Of(new Uint8Array(halves.buffer), 'F16');

test('every half-precision number survives the way to float32 and back', () => {
  const all = Uint16Array.from({ length: 0x10000 }, (_, half) => half);
  const back = float16Of(widened(all) as Float32Array);
  all.forEach((half, i) => {
    const isNaN = (half & 0x7fff) > 0x7c00;
    if (isNaN) assert.ok((back[i]! & 0x7fff) > 0x7c00);
    else assert.equal(back[i], half);
  });
});

test('rounding goes to the nearest half, ties to the even one', () => {
  const finite = Uint16Array.from({ length: 0x7c00 }, (_, half) => half);
  const numbers = widened(finite);
  fc.assert(
    fc.property(fc.float({ min: 0, max: 65504, noNaN: true }), fc.boolean(), (magnitude, negative) => {
      const [half] = float16Of(Float32Array.of(negative ? -magnitude : magnitude));
      assert.equal((half! & 0x8000) !== 0, negative);
      const at = half! & 0x7fff;
      const distance = (index: number) => (index in numbers ? Math.abs(numbers[index]! - magnitude) : Infinity);
      for (const neighbour of [at - 1, at + 1]) {
        assert.ok(distance(at) <= distance(neighbour));
        if (distance(at) === distance(neighbour)) assert.equal(at % 2, 0);
      }
    }),
  );
});

test('what is too large becomes infinite', () => {
  assert.deepEqual([...float16Of(Float32Array.of(65519, 65520, -1e30, Infinity))], [0x7bff, 0x7c00, 0xfc00, 0x7c00]);
});
