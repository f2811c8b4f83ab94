import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findDamage } from '../../../../src/server/data/checks/damage';

/** How a text looks when its UTF-8 bytes are read in another encoding. */
const readAs = (encoding: string, text: string): string =>
  new TextDecoder(encoding).decode(new TextEncoder().encode(text));

/** Frequent characters, as they stand in ordinary texts. */
const chinese = fc
  .array(
    fc.constantFrom(
      ...'的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会怎么办身份证联通报警电话',
    ),
    {
      minLength: 3,
      maxLength: 30,
    },
  )
  .map((characters) => characters.join(''));

test('sound texts have no damage', () => {
  const samples = [
    '',
    'plain',
    '怎么补办身份证？',
    '联通',
    'café naïve Ünïted',
    '“引号”—…',
    'emoji 👩‍👩‍👧 ok',
    'Привет',
    '한국어',
    'ＡＢＣ　１',
    '€5 £3 ¥1',
  ];
  for (const text of samples) assert.equal(findDamage(text), undefined, text);
  fc.assert(fc.property(chinese, (text) => assert.equal(findDamage(text), undefined)));
});

test('UTF-8 read as Latin-1 or Windows-1252 is found and repaired', () => {
  fc.assert(
    fc.property(chinese, (text) => {
      const bytes = [...new TextEncoder().encode(text)];
      const latin1 = String.fromCharCode(...bytes);
      for (const shown of [latin1, readAs('windows-1252', text)]) {
        const found = findDamage(`abc ${shown}`);
        assert.deepEqual([found?.kind, found?.start, found?.repaired], ['utf8-as-latin1', 4, text]);
      }
    }),
  );
  assert.equal(findDamage(readAs('windows-1252', 'café'))?.repaired, 'é');
});

test('UTF-8 read as GBK is found; what was read whole is repaired', () => {
  fc.assert(
    fc.property(chinese, (text) => {
      const shown = readAs('gbk', text);
      const found = findDamage(shown);
      assert.equal(found?.kind, shown.includes('\ufffd') ? found?.kind : 'utf8-as-gbk');
      assert.ok(found);
      if (found.repaired !== undefined) assert.ok(text.startsWith(found.repaired));
      // Read whole: an even number of three-byte characters, none of which met a byte that GBK lacks.
      if (text.length % 2 === 0 && !shown.includes('\ufffd'))
        assert.deepEqual([found.repaired, found.partial], [text, undefined]);
    }),
  );
  assert.equal(findDamage('锟斤拷')?.kind, 'utf8-as-gbk');
  assert.equal(findDamage('体育')?.kind, undefined);
  assert.equal(findDamage(readAs('gbk', '体育'))?.repaired, '体育');
});

test('lost characters, NULs and halves of characters, at their places', () => {
  assert.deepEqual(findDamage('ab\ufffdc'), { kind: 'replaced', start: 2, end: 3 });
  assert.deepEqual(findDamage('a\0'), { kind: 'nul', start: 1, end: 2 });
  assert.deepEqual(findDamage('😀\ud83d'), { kind: 'surrogate', start: 2, end: 3 });
  assert.deepEqual(findDamage('\ude00'), { kind: 'surrogate', start: 0, end: 1 });
  assert.equal(findDamage('\ud83d\ude00'), undefined);
});

test('any text: no exception, and a range inside the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const found = findDamage(text);
      if (found) assert.ok(found.start >= 0 && found.start < found.end && found.end <= text.length);
    }),
  );
});
