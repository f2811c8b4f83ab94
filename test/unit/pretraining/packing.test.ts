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

/** The document of a token of {@link corpus}. */
function documentOf(id: number): number {
  return Math.floor((id - 10) / 100);
}

/** The two texts of a pair, without special tokens. */
function texts({ ids, typeIds }: { readonly ids: Int32Array; readonly typeIds: Int32Array }): [number[], number[]] {
  const of = (type: number) => [...ids].filter((id, at) => id > 3 && typeIds[at] === type);
  return [of(0), of(1)];
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

test('pairs come of one document and follow each other, or change places, or the second is of another document, as their label says', () => {
  const ofTwo = fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(ofTwo, fc.integer({ min: 12, max: 40 }), fc.nat(), (lengths, T, other) => {
      const numbers = corpus(lengths);
      const count = sequenceCount(numbers.length, T, 'sop');
      for (let index = 0; index < count; index++) {
        const straight = packedPair(numbers, index, T, FRAME, 'sop', false, 0);
        const swapped = packedPair(numbers, index, T, FRAME, 'sop', true, 0);
        const next = packedPair(numbers, index, T, FRAME, 'nsp', false, other % count);
        const strange = packedPair(numbers, index, T, FRAME, 'nsp', true, other % count);
        for (const { ids, typeIds } of [straight, swapped, next, strange]) {
          assert.ok(ids.length <= T);
          assert.deepEqual([ids[0], ids.at(-1)], [2, 3]);
          assert.equal([...ids].filter((id) => id === 3).length, 2);
          assert.equal(typeIds.at(-1), 1);
        }
        const [a, b] = texts(straight);
        assert.equal(straight.pairLabel, 0);
        assert.ok(a.length > 0 && b.length > 0);
        // Ids count on within a document and leap between two.
        assert.deepEqual(
          [...a, ...b],
          Array.from([...a, ...b], (_, i) => a[0]! + i),
        );
        assert.equal(documentOf(a[0]!), documentOf(b.at(-1)!));
        assert.equal(swapped.pairLabel, 1);
        assert.deepEqual(texts(swapped), [b, a]);
        assert.deepEqual([next.pairLabel, texts(next)], [0, [a, b]]);
        const [same, foreign] = texts(strange);
        assert.deepEqual(same, a);
        assert.equal(strange.pairLabel, lengths.length > 1 ? 1 : 0);
        if (lengths.length === 1) assert.deepEqual(foreign, b);
        else assert.deepEqual([...new Set(foreign.map(documentOf))].length, 1);
        assert.equal(documentOf(foreign[0]!) !== documentOf(a[0]!), lengths.length > 1);
      }
    }),
  );
});

test('a pair is parted where a line ends, else between words', () => {
  const [a, b] = texts(packedPair(corpus([13]), 0, 32, FRAME, 'sop', false, 0));
  // Lines end after the 5th and the 10th of the thirteen tokens; the middle is 6.5.
  assert.deepEqual([a.length, b.length], [5, 8]);
  // Of four tokens no line ends before the last, and the second goes on with the word of the first.
  const [c, d] = texts(packedPair(corpus([4]), 0, 32, FRAME, 'sop', false, 0));
  assert.deepEqual([c.length, d.length], [2, 2]);
  assert.deepEqual(
    texts(
      packedPair(Int32Array.of(10, 11 | CONTINUES, 12 | CONTINUES, 13, DOCUMENT_END), 0, 32, FRAME, 'sop', false, 0),
    ),
    [[10, 11, 12], [13]],
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
