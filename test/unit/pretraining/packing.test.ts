import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Masked } from '../../../src/server/pretraining/batch';
import { packedPair, packedSequence, sequenceCount, shuffleDocuments } from '../../../src/server/pretraining/packing';
import { planPhases, stepsFor } from '../../../src/server/pretraining/phases';
import { type SequenceSettings, createSequenceReader } from '../../../src/server/pretraining/sequence-reader';
import { CONTINUES, DOCUMENT_END, ENDS_LINE } from '../../../src/server/pretraining/token-stream';

const FRAME = { clsId: 2, sepId: 3 };

/** Documents of so many tokens; ids tell document and place. */
function corpus(lengths: readonly number[]): Int32Array {
  return Int32Array.from(
    lengths.flatMap((length, document) => [
      ...Array.from({ length }, (_, i) => {
        const marks = (i % 3 === 1 ? CONTINUES : 0) | (i === length - 1 || i % 5 === 4 ? ENDS_LINE : 0);
        return (10 + document * 100 + i) | marks;
      }),
      DOCUMENT_END,
    ]),
  );
}

const documents = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });

test('packing keeps every token once, whatever the order of the documents, and only the last sequence is short', () => {
  fc.assert(
    fc.property(documents, fc.integer({ min: 8, max: 40 }), fc.nat(), (lengths, T, seed) => {
      const numbers = corpus(lengths);
      const shuffled = shuffleDocuments(numbers, seed, 1);
      const count = sequenceCount(numbers.length, T, 'none');
      const tokens: number[] = [];
      for (let index = 0; index < count; index++) {
        const { ids, continues } = packedSequence(shuffled, index, T, FRAME);
        assert.ok(index === count - 1 || ids.length === T);
        assert.equal(ids[0], 2);
        assert.equal(ids.at(-1), 3);
        ids.forEach((id, at) => id === 3 && assert.equal(continues[at], 0));
        tokens.push(...[...ids.slice(1, -1)].filter((id) => id !== 3));
      }
      const all = lengths.flatMap((length, document) => Array.from({ length }, (_, i) => 10 + document * 100 + i));
      assert.deepEqual(
        [...tokens].sort((a, b) => a - b),
        all,
      );
    }),
  );
});

test('pairs have both types, follow each other or do not as their label says, and stay within the length', () => {
  fc.assert(
    fc.property(documents, fc.integer({ min: 12, max: 40 }), fc.nat(), (lengths, T, other) => {
      const numbers = corpus(lengths);
      const count = sequenceCount(numbers.length, T, 'sop');
      for (let index = 0; index < count; index++) {
        const text = (ids: Int32Array) => [...ids].filter((id) => id > 3);
        const straight = packedPair(numbers, index, T, FRAME, 'sop', false, 0);
        const swapped = packedPair(numbers, index, T, FRAME, 'sop', true, 0);
        const strange = packedPair(numbers, index, T, FRAME, 'nsp', true, other % count);
        assert.deepEqual([straight.pairLabel, swapped.pairLabel, strange.pairLabel], [0, 1, 1]);
        assert.deepEqual(
          text(swapped.ids).sort((a, b) => a - b),
          text(straight.ids).sort((a, b) => a - b),
        );
        for (const { ids, typeIds } of [straight, swapped, strange]) {
          assert.ok(ids.length <= T);
          assert.equal(typeIds[0], 0);
          assert.equal(typeIds.at(-1), 1);
        }
        const first = [...straight.ids].filter((_, at) => straight.typeIds[at] === 0);
        assert.deepEqual(
          [...strange.ids].filter((_, at) => strange.typeIds[at] === 0),
          first,
        );
      }
    }),
  );
});

const SETTINGS: SequenceSettings = {
  seed: 5,
  pairs: 'none',
  masks: { unit: 'word', share: 0.15, most: 20 },
  vocabulary: { ...FRAME, maskId: 4, special: new Set([0, 2, 3, 4]), ordinary: Int32Array.of(10, 11, 12) },
};

/** What stood in a sequence before its masks. */
function unmasked({
  ids,
  positions,
  labels,
}: {
  ids: Int32Array;
  positions: readonly number[];
  labels: readonly number[];
}) {
  const whole = [...ids];
  positions.forEach((at, i) => (whole[at] = labels[i]!));
  return whole;
}

test('an epoch has every sequence once, the next one in another order with other masks; any number may be asked for at any time', async () => {
  const shards = [corpus([50, 31, 7, 60]), corpus([44]), corpus([3, 3, 58])];
  const reads: number[] = [];
  const make = () =>
    createSequenceReader(
      {
        sizes: shards.map(({ length }) => length),
        read: (shard) => (reads.push(shard), Promise.resolve(shards[shard]!)),
      },
      SETTINGS,
    );
  const reader = make();
  const count = reader.count(16);
  const all: Masked[] = [];
  for (let number = 0; number < 2 * count; number++) all.push(await reader.masked(16, number));
  assert.ok(reads.length <= 2 * shards.length, 'a shard is read once an epoch');
  const tokens = (epoch: number) =>
    all
      .slice(epoch * count, (epoch + 1) * count)
      .flatMap((sequence) => unmasked(sequence).filter((id) => id > 4))
      .sort((a, b) => a - b);
  const expected = [...shards.flatMap((shard) => [...shard])]
    .filter((n) => n !== DOCUMENT_END)
    .map((n) => n & (ENDS_LINE - 1));
  assert.deepEqual(
    tokens(0),
    expected.sort((a, b) => a - b),
  );
  assert.deepEqual(tokens(1), tokens(0));
  assert.notDeepEqual(all.slice(0, count).map(unmasked), all.slice(count).map(unmasked));
  const other = make();
  for (const number of [count + 3, 0, 2 * count - 1, 5]) assert.deepEqual(await other.masked(16, number), all[number]);
});

test('phases share the steps, short sequences in larger batches; epochs become steps', () => {
  assert.deepEqual(
    planPhases(
      [
        { length: 64, share: 0.3 },
        { length: 128, share: 0.7 },
      ],
      101,
      32,
    ),
    [
      { length: 64, batchSize: 64, from: 0, to: 30 },
      { length: 128, batchSize: 32, from: 30, to: 101 },
    ],
  );
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ length: fc.integer({ min: 8, max: 512 }), share: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
        {
          minLength: 1,
          maxLength: 5,
        },
      ),
      fc.integer({ min: 1, max: 10_000 }),
      (phases, steps) => {
        const plan = planPhases(phases, steps, 32);
        assert.equal(plan[0]!.from, 0);
        assert.equal(plan.at(-1)!.to, steps);
        for (let i = 1; i < plan.length; i++) assert.equal(plan[i]!.from, plan[i - 1]!.to);
      },
    ),
  );
  assert.equal(stepsFor(2, 126 * 32 * 10, 32, 128), 20);
  assert.equal(stepsFor(1, 5, 32, 128), 1);
});
