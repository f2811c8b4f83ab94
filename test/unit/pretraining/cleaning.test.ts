import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanLine, junkReason } from '../../../src/server/pretraining/clean-line';
import { createNearDuplicates } from '../../../src/server/pretraining/near-duplicates';
import { createRandom } from '../../../src/server/training/random';

test('cleaning drops what nobody sees and keeps what a model will read', () => {
  assert.equal(cleanLine(' \ufeff第一条\u200b　为了\t规范\u0007口岸\u00ad开放 '), '第一条 为了 规范 口岸开放');
  assert.equal(cleanLine('Ｆｕｌｌ width ＡＢＣ, Café'), 'Ｆｕｌｌ width ＡＢＣ, Café');
  assert.equal(cleanLine('e\u0301'), 'é');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (line) => assert.equal(cleanLine(cleanLine(line)), cleanLine(line))),
  );
});

test('junk is told by its reason, text of any script is none', () => {
  const reasons = ['12.', '—— 3 / 12 —— 2024-01-05 ——', '文字\ufffd\ufffd乱码的一行', '哈哈哈哈哈哈哈哈哈好'].map(
    junkReason,
  );
  assert.deepEqual(reasons, ['short', 'no-words', 'broken', 'repeated']);
  for (const text of ['本条例自2024年1月1日起施行。', 'See RFC 4180, section 2.', 'Привет, мир!', 'これはテストです。'])
    assert.equal(junkReason(text), undefined, text);
});

test('near-duplicates are found, other texts are not', () => {
  const random = createRandom(3, 1);
  const text = () => Array.from({ length: 400 }, () => String.fromCharCode(0x4e00 + random.below(2000))).join('');
  const memory = createNearDuplicates();
  const texts = Array.from({ length: 3000 }, text);
  assert.equal(texts.filter((one) => memory.seen(one)).length, 0);
  assert.equal(texts.filter((one) => memory.seen(one)).length, texts.length, 'the same text again');
  // One character of 400 differs: 5 shingles of 396.
  const changed = texts.slice(0, 300).map((one) => `${one.slice(0, 200)}变${one.slice(201)}`);
  assert.ok(changed.filter((one) => memory.seen(one)).length >= 290);
  const halves = texts.slice(0, 300).map((one) => one.slice(0, 200) + text().slice(0, 200));
  assert.ok(halves.filter((one) => memory.seen(one)).length <= 15);
  assert.equal(memory.seen('短'), false);
  assert.equal(memory.seen('短'), true);
});
