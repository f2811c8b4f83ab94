import type { ComparedRun, RunComparison } from '../../src/protocol/comparison';
import type { ProbabilityView } from '../../src/protocol/metrics';
import { sampleMetrics } from './metrics-sample';

/** What made-up probabilities tell. */
export function sampleProbabilities(changes: Partial<ProbabilityView> = {}): ProbabilityView {
  return {
    temperature: 1.5,
    before: { bins: [{ rows: 27, confidence: 0.97, accuracy: 24 / 27 }], error: 0.081 },
    after: {
      bins: [
        { rows: 10, confidence: 0.75, accuracy: 0.7 },
        { rows: 17, confidence: 0.95, accuracy: 1 },
      ],
      error: 0.05,
    },
    curves: [
      { label: '甲', rows: 10, rocAuc: 0.9321, averagePrecision: 0.9, roc: [[0, 0], [0.1, 0.8], [1, 1]], precisionRecall: [[0, 1], [0.8, 0.9], [1, 0.4]] }, // prettier-ignore
    ],
    ...changes,
  };
}

/** One of two made-up runs. */
export function sampleRun(name: string, changes: Partial<ComparedRun> = {}): ComparedRun {
  const { run, steps, evaluations, arguments: given } = sampleMetrics();
  return {
    run: { ...run, name, id: `id-${name}`, folder: `/data/.rowlight/runs/${name}` },
    arguments: given,
    steps,
    evaluations,
    judged: 27,
    accuracy: { value: 24 / 27, low: 0.74, high: 1 },
    macroF1: { value: 0.89, low: 0.72, high: 0.99 },
    f1: [0.8, 0.9, 0.93],
    probabilities: sampleProbabilities(),
    ...changes,
  };
}

/** Two made-up runs, the second with fewer epochs and worse, within noise. */
export function sampleComparison(changes: Partial<RunComparison> = {}): RunComparison {
  const second = sampleRun('second', {
    arguments: { epochs: 1, 'learning-rate': 2e-5, seed: 1 },
    accuracy: { value: 20 / 27, low: 0.55, high: 0.89 },
    accuracyGain: { value: -4 / 27, low: -0.3, high: 0.02 },
    macroF1: { value: 0.7, low: 0.5, high: 0.85 },
    macroF1Gain: { value: -0.19, low: -0.35, high: -0.03 },
    f1: [0.75, 0.9, 0.4],
  });
  return {
    runs: [sampleRun('first'), second],
    common: 27,
    labels: ['甲', '乙', '丙'],
    support: [10, 9, 8],
    flips: 1,
    flipped: [{ index: 3, label: '丙', predictions: ['丙', '甲'], text: '怎么报警', line: 3 }],
    lost: 1,
    won: 0,
    learning: [],
    ...changes,
  };
}
