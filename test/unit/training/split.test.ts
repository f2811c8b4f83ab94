import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Example } from '../../../src/server/data/example';
import { duplicateKey, holdOut } from '../../../src/server/training/split';
import { shuffledIndices } from '../../../src/server/training/random';

function examplesOf(...rows: readonly (readonly [string, (string | undefined)?])[]): Example[] {
  return rows.map(([text, label], row) => ({ row, text, ...(label === undefined ? {} : { label }) }));
}

function labelled(label: string, count: number): [string, string][] {
  return Array.from({ length: count }, (_, at) => [`${label} ${String(at)}`, label]);
}

/** Few texts and labels, so that duplicates, also under different labels, are common. */
const arbitraryExamples = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'ａ', 'b', ' b', 'c  d', 'c d', 'e', 'f', 'g', 'h'),
      fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }),
    ),
  )
  .map((rows) => examplesOf(...rows));

describe('holdOut', () => {
  test('holds out a fifth of every label', () => {
    const examples = examplesOf(...labelled('a', 500), ...labelled('b', 50), ...labelled('c', 10), ['no label']);
    const { train, heldOut } = holdOut(examples, 7);
    const count = (side: number[], label: string) => side.filter((at) => examples[at]?.label === label).length;
    assert.deepEqual(['a', 'b', 'c'].map((label) => [count(train, label), count(heldOut, label)]), [[400, 100], [40, 10], [8, 2]]); // prettier-ignore
  });

  test('rounds over all labels, not within each', () => {
    const examples = examplesOf(...Array.from({ length: 100 }, (_, label) => labelled(`l${String(label)}`, 2)).flat());
    assert.equal(holdOut(examples, 1).heldOut.length, 40);
  });

  test('a seed decides which rows, and another seed decides otherwise', () => {
    const examples = examplesOf(...labelled('a', 200));
    assert.deepEqual(holdOut(examples, 3), holdOut(examples, 3));
    assert.notDeepEqual(holdOut(examples, 3), holdOut(examples, 4));
  });

  test('a label with one text stays in training, however often it stands there', () => {
    const examples = examplesOf(['same', 'a'], ['same', 'a'], [' same ', 'a'], ...labelled('b', 10));
    assert.deepEqual(holdOut(examples, 1).heldOut.filter((at) => at < 3), []); // prettier-ignore
  });

  test('a label of a few many times repeated texts is still judged', () => {
    const examples = examplesOf(
      ...Array.from({ length: 30 }, (_, at): [string, string] => [`text ${String(at % 3)}`, 'a']),
    );
    assert.equal(holdOut(examples, 1).heldOut.length, 10);
  });

  test('no examples, no sides', () => assert.deepEqual(holdOut([], 1), { train: [], heldOut: [] }));

  test('partitions the labelled rows, keeps duplicates together and every label with two texts in training', () => {
    fc.assert(
      fc.property(arbitraryExamples, fc.nat(), fc.constantFrom(0.2, 0.5, 0.9), (examples, seed, share) => {
        const { train, heldOut } = holdOut(examples, seed, share);
        const all = [...train, ...heldOut].sort((a, b) => a - b);
        assert.deepEqual(all, examples.filter((example) => example.label !== undefined).map((example) => example.row)); // prettier-ignore
        const keys = (side: number[]) => new Set(side.map((at) => duplicateKey(examples[at] as Example)));
        for (const key of keys(heldOut)) assert.ok(!keys(train).has(key), key);
        for (const label of ['x', 'y', 'z']) {
          const texts = new Set(examples.filter((example) => example.label === label).map(duplicateKey));
          if (texts.size >= 2) assert.ok(train.some((at) => examples[at]?.label === label), label); // prettier-ignore
        }
      }),
    );
  });

  test('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(arbitraryExamples, fc.nat(), (examples, seed) => {
        const moved = [...shuffledIndices(examples.length, seed, 1)].map((at) => examples[at] as Example);
        const sides = (rows: Example[]) => holdOut(rows, seed).heldOut.map((at) => rows[at]?.row).sort(); // prettier-ignore
        assert.deepEqual(sides(moved), sides(examples));
      }),
    );
  });
});
