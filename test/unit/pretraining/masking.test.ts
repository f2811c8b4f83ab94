import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type MaskVocabulary, type Sequence, maskSequence } from '../../../src/server/pretraining/masking';
import { type MaskSettings, maskedAtMost } from '../../../src/server/pretraining/settings';
import { createRandom } from '../../../src/server/training/random';

const VOCABULARY: MaskVocabulary = {
  maskId: 4,
  special: new Set([0, 2, 3, 4]),
  ordinary: Int32Array.from({ length: 95 }, (_, i) => 5 + i),
};

const NOT_CUT = { first: false, last: false };

/** `[CLS]` words `[SEP]`, each word of so many tokens. */
function sequence(lengths: readonly number[]): Sequence {
  const ids = [2];
  const continues = [0];
  lengths.forEach((length, word) => {
    for (let i = 0; i < length; i++) {
      ids.push(5 + ((word * 7 + i * 3) % 90));
      continues.push(i > 0 ? 1 : 0);
    }
  });
  const whole = Int32Array.from([...ids, 3]);
  return { ids: whole, typeIds: new Int32Array(whole.length), continues: Uint8Array.from([...continues, 0]) };
}

const words = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 60 });

test('masks stay within the limit, tell what stood there, and touch nothing special', () => {
  fc.assert(
    fc.property(words, fc.nat(), fc.constantFrom('word' as const, 'token' as const), (lengths, seed, unit) => {
      const given = sequence(lengths);
      const settings: MaskSettings = { unit, share: 0.15, most: 20 };
      const { ids, positions, labels } = maskSequence(given, VOCABULARY, settings, createRandom(seed, 1), NOT_CUT);
      assert.ok(positions.length <= maskedAtMost(settings, given.ids.length));
      assert.deepEqual(
        labels,
        positions.map((at) => given.ids[at]),
      );
      given.ids.forEach((id, at) => {
        if (!positions.includes(at)) assert.equal(ids[at], id);
        else assert.ok(!VOCABULARY.special.has(id) && (ids[at] === 4 || ids[at]! >= 5));
      });
      const again = maskSequence(given, VOCABULARY, settings, createRandom(seed, 1), NOT_CUT);
      assert.deepEqual(again, { ...again, ids, positions, labels });
    }),
  );
});

test('a word is masked whole or not at all; where it goes on beyond the sequence it does not count as whole', () => {
  fc.assert(
    fc.property(words, fc.nat(), fc.boolean(), fc.boolean(), (lengths, seed, first, last) => {
      const given = sequence(lengths);
      const settings: MaskSettings = { unit: 'word', share: 0.5, most: 500 };
      const found = maskSequence(given, VOCABULARY, settings, createRandom(seed, 1), { first, last });
      let at = 1;
      let cut = 0;
      lengths.forEach((length, word) => {
        const masked = found.positions.filter((position) => position >= at && position < at + length).length;
        assert.ok(masked === 0 || masked === length);
        if (masked > 0 && ((first && word === 0) || (last && word === lengths.length - 1))) cut++;
        at += length;
      });
      assert.equal(found.whole, found.words - cut);
    }),
  );
});

test('80 % become [MASK], 10 % another token, 10 % stay', () => {
  const given = sequence(Array.from({ length: 400 }, () => 1));
  const settings: MaskSettings = { unit: 'word', share: 0.15, most: 1000 };
  let [masked, other, same] = [0, 0, 0];
  for (let seed = 0; seed < 200; seed++) {
    const { ids, positions, labels } = maskSequence(given, VOCABULARY, settings, createRandom(seed, 1), NOT_CUT);
    positions.forEach((at, i) => {
      if (ids[at] === 4) masked++;
      else if (ids[at] === labels[i]) same++;
      else other++;
    });
  }
  const all = masked + other + same;
  assert.equal(all, 200 * Math.round(402 * 0.15));
  assert.ok(Math.abs(masked / all - 0.8) < 0.02 && Math.abs(other / all - 0.1) < 0.02, `${masked} ${other} ${same}`);
});
