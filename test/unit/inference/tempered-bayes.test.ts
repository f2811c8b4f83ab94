import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NaiveBayes } from '../../../src/server/inference/naive-bayes';
import { temper, type TemperedBayes } from '../../../src/server/inference/tempered-bayes';
import { createRandom } from '../../../src/server/training/random';

function fit(rows: readonly { text: string; label: string }[]): TemperedBayes | undefined {
  const model = new NaiveBayes('characters');
  const counted = rows.map((row) => model.add(row, row.label));
  return temper(
    model,
    counted,
    model.labels.map((_, id) => id),
  );
}

test('two labels are needed', () => {
  assert.equal(fit([]), undefined);
  assert.equal(fit([{ text: '甲', label: 'a' }]), undefined);
});

test('two rows: it leans to the right label and is far from sure', () => {
  const model = fit([
    { text: '身份证丢了怎么补办', label: '户政' },
    { text: '闯红灯扣几分罚多少', label: '交通' },
  ]);
  const { label, probability, probabilities } = model!.predict({ text: '身份证怎么补办' });
  assert.equal(label, '户政');
  assert.ok(probability > 0.5 && probability < 0.9, String(probability));
  assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
  const { probability: unknown } = model!.predict({ text: 'xyz' });
  assert.ok(unknown < 0.6, String(unknown));
});

test('labels that have nothing to do with the texts: it is hardly surer than the labels are frequent', () => {
  const random = createRandom(3, 0);
  const noise = (): { text: string; label: string } => ({
    text: Array.from({ length: 12 }, () => String.fromCharCode(0x4e00 + random.below(60))).join(''),
    label: ['a', 'b', 'c', 'd'][random.below(4)]!,
  });
  const model = fit(Array.from({ length: 200 }, noise))!;
  const mean = Array.from({ length: 200 }, () => model.predict(noise()).probability).reduce((a, b) => a + b) / 200;
  // Right once in four; the bare naive Bayes says 0.99 here.
  assert.ok(mean < 0.45, String(mean));
});

test('one word a label: it comes to be sure, though never quite', () => {
  const words = ['户口', '红灯', '护照'];
  const rows = Array.from({ length: 60 }, (_, i) => ({ text: `${words[i % 3]}第${i}问`, label: words[i % 3]! }));
  const { label, probability } = fit(rows)!.predict({ text: '红灯第90问' });
  assert.equal(label, '红灯');
  assert.ok(probability > 0.8 && probability < 61 / 62, String(probability));
});

test('whatever the rows: probabilities add up to 1 and the label is the most probable', () => {
  const row = fc.record({ text: fc.string({ maxLength: 6 }), label: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), fc.string({ maxLength: 6 }), (rows, text) => {
      const model = fit(rows);
      if (!model) return assert.ok(new Set(rows.map(({ label }) => label)).size < 2);
      const { label, probability, probabilities } = model.predict({ text });
      assert.equal(probabilities.length, model.labels.length);
      assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
      assert.equal(Math.max(...probabilities), probability);
      assert.equal(probabilities[model.labels.indexOf(label)], probability);
      assert.ok(probability <= (rows.length + 1) / (rows.length + 2));
    }),
  );
});
