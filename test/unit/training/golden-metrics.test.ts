import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { argmax } from '../../../src/server/inference/probabilities';
import { labelMetrics } from '../../../src/server/training/label-metrics';
import { scorePredictions } from '../../../src/server/training/metrics';
import { averagePrecision, brierScore, reliability, rocAuc } from '../../../src/server/training/probability-metrics';

interface Average {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** What scikit-learn 1.7.2 computed; `scripts/golden/metrics.py`. */
interface Case {
  readonly truth: number[];
  readonly probabilities: number[][];
  readonly balanced_accuracy: number;
  readonly mcc: number;
  readonly averages: Record<'micro' | 'macro' | 'weighted', Average>;
  readonly per_label: { roc_auc: number; average_precision: number; brier: number }[];
  readonly calibration_error: number;
}

const { cases } = JSON.parse(readFileSync('test/golden/metrics/cases.json', 'utf8')) as { cases: Case[] };
const close = (own: number | undefined, expected: number, what: string): void =>
  assert.ok(own !== undefined && Math.abs(own - expected) < 1e-12, `${what}: ${own} instead of ${expected}`);

for (const [number, golden] of cases.entries()) {
  test(`scikit-learn's scores of case ${number + 1}: ${golden.truth.length} rows, ${golden.per_label.length} labels`, () => {
    const { truth, probabilities } = golden;
    const predicted = probabilities.map((row) => argmax(row));
    const labels = golden.per_label.map((_, id) => String(id));
    const own = labelMetrics(scorePredictions(truth, predicted, labels));
    close(own.balancedAccuracy, golden.balanced_accuracy, 'balanced accuracy');
    close(own.mcc, golden.mcc, 'MCC');
    for (const average of ['micro', 'macro', 'weighted'] as const) {
      for (const part of ['precision', 'recall', 'f1'] as const)
        close(own[average][part], golden.averages[average][part], `${average} ${part}`);
    }
    golden.per_label.forEach((expected, label) => {
      const hits = truth.map((id) => id === label);
      const scores = probabilities.map((row) => row[label]!);
      close(rocAuc(hits, scores), expected.roc_auc, `ROC AUC of ${label}`);
      close(averagePrecision(hits, scores), expected.average_precision, `average precision of ${label}`);
      close(brierScore(hits, scores), expected.brier, `Brier score of ${label}`);
    });
    const confidences = probabilities.map((row, i) => row[predicted[i]!]!);
    const right = truth.map((id, i) => id === predicted[i]);
    close(reliability(confidences, right).error, golden.calibration_error, 'calibration error');
  });
}

const rows = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 6 })), { minLength: 1, maxLength: 40 });

test('the area under the curve: only the order counts, turning it round mirrors it, one kind of row has none', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const hits = given.map(([hit]) => hit);
      const scores = given.map(([, score]) => score);
      const area = rocAuc(hits, scores);
      const both = hits.includes(true) && hits.includes(false);
      assert.equal(area === undefined, !both);
      if (area === undefined) return;
      assert.ok(area >= 0 && area <= 1);
      close(rocAuc(hits, scores.map((score) => Math.exp(score))), area, 'stretched'); // prettier-ignore
      close(rocAuc(hits, scores.map((score) => -score)), 1 - area, 'mirrored'); // prettier-ignore
    }),
  );
});

test('reliability: every row in one bin, and no error where confidence is accuracy', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { maxLength: 60 }),
      (given) => {
        const { bins, error } = reliability(given.map(([c]) => c), given.map(([, r]) => r)); // prettier-ignore
        assert.equal(bins.reduce((sum, bin) => sum + bin.rows, 0), given.length); // prettier-ignore
        assert.ok(error >= 0 && error <= 1);
      },
    ),
  );
  assert.equal(reliability([1, 1, 0], [true, true, false]).error, 0);
});
