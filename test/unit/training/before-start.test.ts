import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookAtRows } from '../../../src/server/training/before-start';
import { labelsText, lengthText } from '../../../src/server/cli/before-start-text';

const row = (label: string, text: string, at = 0) => ({ row: at, label, text });

test('labels are counted where they are learnt from, cut texts everywhere, repeated rows where they judge', () => {
  const train = [...Array.from({ length: 6 }, (_, at) => row('many', `text ${at}`)), row('few', 'ｆｕｌｌ  width')];
  const heldOut = [row('few', 'full width'), row('many', 'other'), row('many', 'text 3')];
  const whole = { truncated: false };
  const cut = { truncated: true };
  const found = lookAtRows(
    { train, heldOut, labels: ['few', 'many', 'never'] },
    { train: [...Array.from({ length: 6 }, () => whole), cut], heldOut: [cut, whole, whole] },
  );
  assert.deepEqual(found.labels, [
    { label: 'few', rows: 1 },
    { label: 'many', rows: 6 },
    { label: 'never', rows: 0 },
  ]);
  assert.deepEqual([found.truncated, found.texts, found.leaked], [2, 10, 2]);
  assert.equal(labelsText(found), '6 many, 1 few, 0 never; fewer than 5 rows to learn from: few (1), never (0)');
  assert.equal(lengthText(found), '2 of 10 texts are cut (20.0 %); --max-length says where');
  assert.equal(lengthText({ truncated: 0, texts: 3 }), 'no text is cut');
});

test('of very many labels the most frequent are named, and how many more there are', () => {
  const labels = Array.from({ length: 30 }, (_, at) => ({ label: `l${at}`, rows: 100 - at }));
  assert.match(labelsText({ labels }), /^100 l0, 99 l1, .*, 89 l11 and 18 more$/);
});
