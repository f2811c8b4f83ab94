import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { InputSpec } from '../../src/server/engine/engine';
import { NO_AXES, chooseAxes, symbolic, traceSize } from '../../src/server/engine/onnx/axes';

const inputs: Record<string, InputSpec> = {
  ids: { dtype: 'int32', shape: ['batch', 'length'] },
  states: { dtype: 'float32', shape: ['batch', 'length', 24] },
};
const sizes = fc.array(fc.integer({ min: 0, max: 4096 }), { maxLength: 30 });
const maximum = fc.integer({ min: 64, max: 2048 });

const isPrime = (n: number) => n > 1 && !Array.from({ length: n - 2 }, (_, i) => i + 2).some((d) => n % d === 0);

test('every named axis gets a prime of its own that divides no other size', () => {
  fc.assert(
    fc.property(sizes, maximum, (fixed, limit) => {
      const { primes } = chooseAxes(inputs, fixed, { length: limit });
      const [batch, length] = [primes.get('batch')!, primes.get('length')!];
      assert.ok(isPrime(batch) && isPrime(length) && batch !== length);
      assert.ok(length <= limit);
      for (const prime of [batch, length]) assert.ok([...fixed, 24].every((size) => size === 0 || size % prime !== 0));
    }),
  );
});

test('sizes of the trace are read back as factor and axes', () => {
  fc.assert(
    fc.property(sizes, maximum, fc.integer({ min: 1, max: 60 }), fc.nat(2), fc.nat(2), (fixed, limit, factor, b, l) => {
      const axes = chooseAxes(inputs, [...fixed, factor], { length: limit });
      const size = factor * traceSize(axes, 'batch') ** b * traceSize(axes, 'length') ** l;
      const read = symbolic(axes, size);
      assert.equal(read.factor, factor);
      assert.deepEqual([...read.axes].sort(), [...Array<string>(b).fill('batch'), ...Array<string>(l).fill('length')]);
    }),
  );
});

test('fixed sizes, nothing and zero stay what they are', () => {
  const axes = chooseAxes(inputs, [768, 3072], { length: 512 });
  for (const size of [0, 1, 24, 768, 3072]) assert.deepEqual(symbolic(axes, size), { factor: size, axes: [] });
  assert.deepEqual(symbolic(NO_AXES, 1009), { factor: 1009, axes: [] });
  assert.equal(traceSize(axes, 24), 24);
});

test('an axis too short for a prime is refused', () => {
  assert.throws(() => chooseAxes(inputs, [3 * 5 * 7], { length: 8 }), /No prime up to 8/);
});
