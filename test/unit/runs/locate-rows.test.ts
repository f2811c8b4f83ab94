import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { locateRows } from '../../../src/server/runs/locate-rows';

const hashed = (texts: readonly (string | undefined)[]) => ({
  count: texts.length,
  hashAt: (row: number) => texts[row],
});
const text = fc.constantFrom('a', 'b', 'c', 'd', 'e');

test('every row found has its text, none is taken twice, and none is missed while there is one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.array(fc.option(text, { nil: undefined })), async (old, now) => {
      const wanted = old.map((hash, row) => ({ row, hash }));
      const found = await locateRows(wanted, hashed(now));
      const there = found.filter((row) => row !== undefined);
      assert.equal(new Set(there).size, there.length);
      found.forEach((row, at) => assert.ok(row === undefined || now[row] === old[at]));
      for (const one of ['a', 'b', 'c', 'd', 'e']) {
        const want = old.filter((own) => own === one).length;
        const have = now.filter((own) => own === one).length;
        assert.equal(found.filter((row, at) => row !== undefined && old[at] === one).length, Math.min(want, have));
      }
    }),
  );
});

test('rows that stay are found where they were; rows that move are found where they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...'abcdefghij'], { minLength: 10 }), async (order) => {
      const wanted = [...'abcdefghij'].map((hash, row) => ({ row, hash }));
      assert.deepEqual(await locateRows(wanted, hashed([...'abcdefghij'])), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const found = await locateRows(wanted, hashed(['x', ...order]));
      assert.deepEqual(
        found.map((row) => ['x', ...order][row ?? -1]),
        [...'abcdefghij'],
      );
    }),
  );
});

test('of several with the same text the nearest to the old place is it; hundreds of them take no quadratic time', async () => {
  assert.deepEqual(await locateRows([{ row: 5, hash: 'a' }], hashed(['a', 'x', 'x', 'x', 'a', 'x'])), [4]);
  const many = new Array<string>(20_000).fill('a');
  const wanted = many.map((hash, row) => ({ row: row + 30_000, hash }));
  const begun = performance.now();
  const found = await locateRows(wanted, hashed(many));
  assert.equal(new Set(found).size, 20_000);
  assert.ok(performance.now() - begun < 5000);
});

test('a long search breathes', async () => {
  let breaths = 0;
  const texts = Array.from({ length: 10_000 }, (_, row) => String(row));
  await locateRows([{ row: 0, hash: '9999' }], hashed(texts), () => {
    breaths++;
    return Promise.resolve();
  });
  assert.ok(breaths > 30);
});
