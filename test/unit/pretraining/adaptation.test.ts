/** Numbers that suit an adaptation, by how much there is to read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { adaptationNumbers, roughTokens } from '../../../src/server/pretraining/adaptation';
import { stepsFor } from '../../../src/server/pretraining/phases';

test('a small file gets many passes and small batches, a large one few and large ones', () => {
  // 650 titles of twenty characters, and 100,000.
  assert.deepEqual(adaptationNumbers(13_000, 128), { epochs: 24, batchSize: 8, heldOut: 0.1 });
  assert.deepEqual(adaptationNumbers(2_000_000, 128), { epochs: 2, batchSize: 32, heldOut: 0.02 });
});

test('from some thousand tokens to half a million a run is some hundred steps', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8_000, max: 500_000 }), fc.constantFrom(64, 128), (tokens, length) => {
      const { epochs, batchSize } = adaptationNumbers(tokens, length);
      const steps = stepsFor(epochs, tokens, batchSize, length);
      assert.ok(Number.isInteger(epochs) && steps >= 150 && steps <= 450, `${steps}`);
    }),
  );
});

test('tokens are guessed: one a Chinese character, one for four others', () => {
  assert.equal(roughTokens('身份证丢了'), 5);
  assert.equal(roughTokens('lost my passport'), 4);
  assert.equal(roughTokens(''), 0);
});
