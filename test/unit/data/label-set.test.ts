import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLabelSet, keysOf, parseLabelSet } from '../../../src/server/data/label-set';
import { RowlightError } from '../../../src/server/errors';

const refused = (content: string, pattern: RegExp): void => {
  assert.throws(
    () => parseLabelSet(content, 'labels.json'),
    (error: unknown) => RowlightError.is(error, 'bad-data') && pattern.test(error.message),
  );
};

test('what is written is read back', () => {
  const set = {
    labels: [{ name: '户政管理', description: '户口、身份证', color: '#3b82f6', key: '1' }, { name: '道路交通' }],
  };
  assert.deepEqual(parseLabelSet(formatLabelSet(set), 'labels.json'), set);
});

test('broken files are refused with the place', () => {
  refused('{', /labels\.json: not valid JSON/);
  refused('{}', /labels\.json: labels: /);
  refused('{"labels":[{"name":" a"}]}', /labels\.0\.name: a label is one line/);
  refused('{"labels":[{"name":"a\\tb"}]}', /labels\.0\.name/);
  refused('{"labels":[{"name":"a","key":"A"}]}', /labels\.0\.key: a key is one digit or small letter/);
  refused('{"labels":[{"name":"a","color":"red"}]}', /labels\.0\.color/);
  refused('{"labels":[{"name":"a"},{"name":"a"}]}', /two labels have the name "a"/);
  refused('{"labels":[{"name":"a","key":"1"},{"name":"b","key":"1"}]}', /two labels have the key "1"/);
});

test('labels without a key get the next free one, and none when all are taken', () => {
  const keys = keysOf({ labels: [{ name: 'a' }, { name: 'b', key: '1' }, { name: 'c' }] });
  assert.deepEqual([...keys], [['a', '2'], ['b', '1'], ['c', '3']]); // prettier-ignore
  const many = keysOf({ labels: Array.from({ length: 40 }, (_, i) => ({ name: `l${i}` })) });
  assert.equal(many.size, 36);
  assert.equal(new Set(many.values()).size, 36);
});
