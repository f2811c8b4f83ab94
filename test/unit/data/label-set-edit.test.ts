import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatLabelSet, parseLabelSet, type LabelSet } from '../../../src/server/data/label-set';
import { appendLabel } from '../../../src/server/data/label-set-edit';

function apply(content: string, name: string): string | undefined {
  const insertion = appendLabel(content, name);
  return insertion && content.slice(0, insertion.offset) + insertion.text + content.slice(insertion.offset);
}

test('the new label comes last, laid out like the others', () => {
  assert.equal(apply('{"labels":[]}', '甲'), '{"labels":[{"name":"甲"}]}');
  assert.equal(apply('{"labels": [{"name":"甲"}]}', '乙'), '{"labels": [{"name":"甲"}, {"name":"乙"}]}');
  const rows = '{\n  "labels": [\n    {"name":"甲", "key":"1"},\n    {"name":"a]}\\""}\n  ]\n}\n';
  assert.equal(apply(rows, '乙'), rows.replace('\n  ]', ',\n    {"name":"乙"}\n  ]'));
});

test('what is no label set, or has the label, stays', () => {
  for (const content of ['', '[]', '{', '{"labels":{}}', '{"labels":[{"name":"甲"}]}'])
    assert.equal(apply(content, '甲'), undefined, content);
});

test('any label set: it has one label more afterwards, and the others as before', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 12 })
    .filter((text) => text === text.trim() && !/\p{Cc}/u.test(text));
  const label = fc.record({ name, description: fc.string() }, { requiredKeys: ['name'], noNullPrototype: true });
  const set = fc.uniqueArray(label, { selector: (one) => one.name, maxLength: 6 });
  fc.assert(
    fc.property(set, name, fc.constantFrom(0, 1, 2), (labels, added, indent) => {
      const content =
        indent === 2 ? formatLabelSet({ labels } as LabelSet) : JSON.stringify({ labels }, undefined, indent);
      const after = apply(content, added);
      if (labels.some((one) => one.name === added)) assert.equal(after, undefined);
      else assert.deepEqual(parseLabelSet(after ?? '', '').labels, [...labels, { name: added }]);
    }),
  );
});
