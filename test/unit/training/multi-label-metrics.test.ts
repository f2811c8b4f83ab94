import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { meanBinaryCrossEntropy, scoreSets } from '../../../src/server/training/multi-label-metrics';

type Score = Record<'precision' | 'recall' | 'f1', number>;

/** What scikit-learn 1.7.2 computed; `scripts/golden/label_sets.py`. */
interface Case {
  readonly truth: number[][];
  readonly predicted: number[][];
  readonly subset_accuracy: number;
  readonly hamming_loss: number;
  readonly averages: Record<'micro' | 'macro' | 'weighted' | 'samples', Score>;
  readonly per_label: (Score & { support: number })[];
}

const { cases } = JSON.parse(readFileSync('test/golden/metrics/sets.json', 'utf8')) as { cases: Case[] };
const close = (own: number, expected: number, what: string): void =>
  assert.ok(Math.abs(own - expected) < 1e-12, `${what}: ${own} instead of ${expected}`);

for (const golden of cases) {
  test(`scikit-learn's scores of ${golden.truth.length} sets of ${golden.per_label.length} labels`, () => {
    const flat = (rows: number[][]) => Uint8Array.from(rows.flat());
    const labels = golden.per_label.map((_, id) => String(id));
    const own = scoreSets(flat(golden.truth), flat(golden.predicted), labels);
    close(own.accuracy, golden.subset_accuracy, 'subset accuracy');
    close(own.hammingLoss, golden.hamming_loss, 'Hamming loss');
    close(own.samplesF1, golden.averages.samples.f1, 'samples F1');
    for (const part of ['precision', 'recall', 'f1'] as const) {
      for (const name of ['micro', 'macro', 'weighted'] as const)
        close(own[name][part], golden.averages[name][part], `${name} ${part}`);
      golden.per_label.forEach((label, id) => close(own.perLabel[id]![part], label[part], `${part} of label ${id}`));
    }
    assert.deepEqual(
      own.perLabel.map(({ support }) => support),
      golden.per_label.map(({ support }) => support),
    );
  });
}

test('binary cross-entropy is the mean over all decisions, and finite where one is certainly wrong', () => {
  close(meanBinaryCrossEntropy([0.5, 0.25], Uint8Array.of(1, 0)), -(Math.log(0.5) + Math.log(0.75)) / 2, 'mean');
  assert.ok(Number.isFinite(meanBinaryCrossEntropy([0, 1], Uint8Array.of(1, 0))));
});
