import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createRandom, hashText, randomBytes, shuffledIndices } from '../../../src/server/training/random';

function bytes(length: number, seed: number, step: number, place: number): Uint8Array {
  const out = new Uint8Array(length);
  randomBytes(out, seed, step, place);
  return out;
}

/** Chi-square of the counts of `bins` equally likely values. */
function chiSquare(values: ArrayLike<number>, bins: number): number {
  const counts = new Float64Array(bins);
  for (let at = 0; at < values.length; at++)
    counts[values[at] as number] = (counts[values[at] as number] as number) + 1;
  const expected = values.length / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Share of equal bits; for independent bytes 0.5 ± 0.5 / sqrt(8 × length). */
function agreement(a: Uint8Array, b: Uint8Array): number {
  let equal = 0;
  for (let at = 0; at < a.length; at++) {
    let same = ~((a[at] as number) ^ (b[at] as number)) & 0xff;
    for (; same !== 0; same &= same - 1) equal++;
  }
  return equal / (8 * a.length);
}

describe('randomBytes', () => {
  const SIZE = 1 << 18;

  test('is uniform over the 256 values, at each of the four places in a word', () => {
    for (const [seed, step, place] of [
      [0, 0, 0],
      [1, 0, 0],
      [42, 1000, 25],
      [-1, 2 ** 31, 7],
    ] as const) {
      // prettier-ignore
      const out = bytes(SIZE, seed, step, place);
      // 255 degrees of freedom: mean 255, standard deviation 22.6; fixed inputs, so a bound of five deviations either holds or does not.
      assert.ok(Math.abs(chiSquare(out, 256) - 255) < 113, 'all');
      for (let lane = 0; lane < 4; lane++) {
        assert.ok(Math.abs(chiSquare(out.filter((_, at) => at % 4 === lane), 256) - 255) < 113, `lane ${String(lane)}`); // prettier-ignore
      }
    }
  });

  test('neighbouring bytes, steps, places and seeds are independent', () => {
    const base = bytes(SIZE, 5, 10, 3);
    const five = (5 * 0.5) / Math.sqrt(8 * SIZE);
    for (const other of [
      bytes(SIZE, 6, 10, 3),
      bytes(SIZE, 5, 11, 3),
      bytes(SIZE, 5, 10, 4),
      bytes(SIZE, 10, 5, 3),
      bytes(SIZE, 3, 10, 5),
    ]) {
      assert.ok(Math.abs(agreement(base, other) - 0.5) < five);
    }
    for (const lag of [1, 2, 3, 4, 8, 768, 4096]) {
      assert.ok(
        Math.abs(agreement(base.subarray(lag), base.subarray(0, SIZE - lag)) - 0.5) < five,
        `lag ${String(lag)}`,
      );
    }
    const pairs = Uint16Array.from(
      { length: SIZE / 2 },
      (_, at) => ((base[2 * at] as number) & 15) * 16 + ((base[2 * at + 1] as number) & 15),
    );
    assert.ok(Math.abs(chiSquare(pairs, 256) - 255) < 113, 'pairs');
  });

  test('no two of many streams are shifted copies of each other', () => {
    const words = new Map<string, string>();
    for (let step = 0; step < 200; step++) {
      for (let place = 0; place < 20; place++) {
        const out = bytes(256, 1, step, place);
        for (let at = 0; at + 8 <= 256; at += 4) {
          const word = out.subarray(at, at + 8).join();
          assert.equal(words.get(word), undefined);
          words.set(word, '');
        }
      }
    }
  });

  test('depends on its arguments alone, whatever the order, the length and the alignment', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(100), fc.nat(67), fc.nat(3), (seed, step, place, length, offset) => {
        const long = bytes(80, seed, step, place);
        bytes(16, seed + 1, step, place);
        const out = new Uint8Array(90).subarray(offset, offset + length);
        randomBytes(out, seed, step, place);
        assert.deepEqual([...out], [...long.subarray(0, length)]);
      }),
    );
  });

  // The figure is that of the same formula written in Python.
  test('does not change between versions: masks of a run that is resumed must be those it began with', () => {
    assert.equal(Buffer.from(bytes(12, 42, 7, 3)).toString('hex'), '6b59b7ef40ec319644c4d1cf');
  });
});

describe('createRandom', () => {
  test('gives the same for the same seed and stream, and else something else', () => {
    const take = (seed: number, stream: number) => Array.from({ length: 4 }, createRandom(seed, stream).next);
    assert.deepEqual(take(1, 2), take(1, 2));
    assert.notDeepEqual(take(1, 2), take(2, 1));
    assert.notDeepEqual(take(1, 2), take(1, 3));
  });

  test('below stays in range and reaches everything evenly', () => {
    const random = createRandom(9, 0);
    const values = Uint8Array.from({ length: 60_000 }, () => random.below(6));
    assert.ok(chiSquare(values, 6) < 30);
  });

  test('floats lie in [0, 1) around one half', () => {
    const random = createRandom(9, 1);
    const values = Array.from({ length: 10_000 }, random.float);
    assert.ok(values.every((value) => value >= 0 && value < 1));
    assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) / 10_000 - 0.5) < 0.015);
  });
});

describe('shuffledIndices', () => {
  test('is a permutation', () => {
    fc.assert(fc.property(fc.nat(300), fc.nat(), (length, seed) => assert.deepEqual([...shuffledIndices(length, seed, 0)].sort((a, b) => a - b), Array.from({ length }, (_, at) => at)))); // prettier-ignore
  });

  test('gives every order of three equally often', () => {
    const orders = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = shuffledIndices(3, seed, 0).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    assert.equal(orders.size, 6);
    for (const [order, count] of orders) assert.ok(Math.abs(count - 1000) < 150, `${order}: ${String(count)}`);
  });
});

test('hashText tells texts and seeds apart', () => {
  const hashes = new Set(Array.from({ length: 10_000 }, (_, at) => hashText(`text ${String(at)}`, 1)));
  assert.ok(hashes.size > 9_990);
  assert.notEqual(hashText('a', 1), hashText('a', 2));
  assert.notEqual(hashText('', 1), hashText('\0', 1));
});
