import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLeftOut } from '../../../src/server/pretraining/left-out';

const characters = fc.constantFrom(...'第一条为了规范管理，。ab');
const text = (minLength: number, maxLength: number) => fc.string({ unit: characters, minLength, maxLength });

test('a document that holds a long text anywhere is told, whatever white space and lines', () => {
  fc.assert(
    fc.property(text(40, 90), text(0, 50), text(0, 50), fc.nat(39), (held, before, after, cut) => {
      const { holds } = createLeftOut([held]);
      assert.ok(holds([before + held + after]));
      assert.ok(holds([before, ` ${held.slice(0, cut)}`, `　${held.slice(cut)} ${after}`]));
    }),
  );
});

test('no other document is: as a search without hashes says', () => {
  fc.assert(
    fc.property(fc.array(text(0, 60), { maxLength: 5 }), text(0, 200), (texts, document) => {
      const long = texts.filter(({ length }) => length >= 40).map((one) => one.slice(0, 40));
      const short = texts.filter(({ length }) => length > 0 && length < 40);
      const expected = long.some((start) => document.includes(start)) || short.includes(document);
      assert.equal(createLeftOut(texts).holds([document]), expected);
    }),
  );
});

test('a short text has to be a whole line', () => {
  const { holds } = createLeftOut(['我想问', '  ', '']);
  assert.ok(holds(['别的', '我 想问 ']));
  assert.ok(!holds(['我想问一下']));
  assert.ok(!holds(['']));
});
