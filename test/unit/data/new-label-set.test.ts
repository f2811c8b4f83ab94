import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatLabelSet, parseLabelSet } from '../../../src/server/data/label-set';
import { extendLabelSet } from '../../../src/server/data/new-label-set';
import { parseClassList } from '../../../src/protocol/class-list';

const names = (text: string): string[] => parseClassList(text).classes.map(({ name }) => name);

test('classes on one line, by whatever people separate them with', () => {
  assert.deepEqual(names('户政管理、交通，治安;出入境\t其他'), ['户政管理', '交通', '治安', '出入境', '其他']);
  assert.deepEqual(names('户政 交通  治安'), ['户政', '交通', '治安']);
  assert.deepEqual(names('customer service, praise, , praise'), ['customer service', 'praise']);
});

test('one a line, with descriptions', () => {
  assert.deepEqual(parseClassList('户政 身份证和户口\r\n交通：红灯、驾照\n其他\n').classes, [
    { name: '户政', description: '身份证和户口' },
    { name: '交通', description: '红灯、驾照' },
    { name: '其他' },
  ]);
  assert.deepEqual(parseClassList('customer service: asks for a person\ngeneral praise').classes, [
    { name: 'customer service', description: 'asks for a person' },
    { name: 'general praise' },
  ]);
});

test('what can’t be taken says why', () => {
  assert.equal(parseClassList('').problem, 'too-few');
  assert.equal(parseClassList('one, one').problem, 'too-few');
  assert.equal(parseClassList(`a, ${'b'.repeat(201)}`).problem, 'too-long');
  assert.equal(parseClassList(Array.from({ length: 1001 }, (_, i) => `c${i}`).join()).problem, 'too-many');
});

test('whatever is pasted, what is taken makes a labels.json that can be read', () => {
  fc.assert(
    fc.property(
      fc.string({
        maxLength: 80,
        unit: fc.oneof(
          fc.constantFrom(',', '、', '\n', '\t', ' ', '户', ':'),
          fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
        ),
      }),
      (text) => {
        const { classes, problem } = parseClassList(text);
        fc.pre(problem === undefined);
        const { labels } = parseLabelSet(formatLabelSet(extendLabelSet({ labels: [] }, classes)), 'labels.json');
        assert.deepEqual(labels.map(({ name }) => name), classes.map(({ name }) => name)); // prettier-ignore
      },
    ),
    { numRuns: 1000 },
  );
});

test('what labels.json says already stays as it is; new labels get free keys and colours', () => {
  const before = { labels: [{ name: '甲', description: '说明', key: '2' }] };
  const { labels } = extendLabelSet(before, [{ name: '乙' }, { name: '甲' }, { name: '丙', description: '新' }]);
  assert.deepEqual(labels[0], before.labels[0]);
  assert.deepEqual(labels.map(({ name, key }) => `${name}${key}`), ['甲2', '乙1', '丙3']); // prettier-ignore
  assert.equal(new Set(labels.map(({ color }) => color)).size, 3);
});
