import type { HeldOutRow, Judgement, RunMetrics } from '../../src/protocol/metrics';

/** A row of a made-up judgement. */
export function sampleRow(changes: Partial<HeldOutRow> = {}): HeldOutRow {
  return { index: 0, label: '甲', prediction: '乙', probability: 0.98, text: '怎么报警', line: 3, ...changes };
}

/** A made-up judgement of three labels, whose figures fit together. */
export function sampleJudgement(changes: Partial<Judgement> = {}): Judgement {
  const labels = ['甲', '乙', '丙'];
  const confusion = [
    { label: 0, prediction: 0, rows: 8 },
    { label: 0, prediction: 1, rows: 2 },
    { label: 1, prediction: 1, rows: 9 },
    { label: 2, prediction: 2, rows: 7 },
    { label: 2, prediction: 0, rows: 1 },
  ];
  return {
    rows: 27,
    labels,
    accuracy: { value: 24 / 27, low: 0.74, high: 1 },
    macroF1: { value: 0.89, low: 0.72, high: 0.99 },
    floor: {
      accuracy: { value: 20 / 27, low: 0.55, high: 0.89 },
      macroF1: { value: 0.73, low: 0.53, high: 0.88 },
      accuracyGain: { value: 4 / 27, low: 0.03, high: 0.3 },
      macroF1Gain: { value: 0.16, low: 0.02, high: 0.31 },
    },
    perLabel: [
      { label: '甲', precision: 8 / 9, recall: 0.8, f1: 16 / 19, support: 10 },
      { label: '乙', precision: 9 / 11, recall: 1, f1: 0.9, support: 9 },
      { label: '丙', precision: 1, recall: 7 / 8, f1: 14 / 15, support: 8 },
    ],
    confusion,
    mistakeCount: 3,
    mistakes: [
      sampleRow({ index: 4, second: '甲', secondProbability: 0.01 }),
      sampleRow({ index: 9, label: '丙', prediction: '甲', probability: 0.7, line: null, text: null }),
    ],
    heldOut: { path: '/data/dev.tsv', state: 'same', gone: 0, relabelled: 0 },
    learning: [],
    ...changes,
  };
}

/** A made-up finished run. */
export function sampleMetrics(changes: Partial<RunMetrics> = {}): RunMetrics {
  return {
    run: {
      id: '2026-11-24-120000-abcd',
      folder: '/data/.rowlight/runs/2026-11-24-120000-abcd',
      state: 'finished',
      createdAt: '2026-11-24T12:00:00.000Z',
      data: '/data/train.tsv',
      base: 'zh-mini',
      columns: { text: '问题', label: '场景' },
      headerless: false,
      labels: ['甲', '乙', '丙'],
      step: 12,
      totalSteps: 12,
      usable: true,
      scores: { accuracy: 24 / 27, macroF1: 0.89, loss: 0.3 },
    },
    base: 'zh-mini',
    dev: '/data/dev.tsv',
    seed: 1,
    rowlight: '0.2.0',
    lineage: {
      data: 'ab'.repeat(32),
      git: { data: { commit: 'c0ffee'.padEnd(40, '0'), dirty: true } },
      machine: {
        node: 'v22.0.0',
        runtime: 'onnxruntime 1.30.0',
        threads: 2,
        os: 'Linux 6.1 x64',
        cpu: 'A processor',
        cores: 4,
      },
    },
    device: 'onnx cpu',
    arguments: { epochs: 2, 'learning-rate': 2e-5, seed: 1, resume: null },
    steps: Array.from({ length: 12 }, (_, at) => ({
      step: at + 1,
      loss: at === 5 ? null : 1 / (at + 1),
      learningRate: 2e-5 * (1 - at / 12),
    })),
    evaluations: [
      { step: 6, accuracy: 0.8, macroF1: 0.78, loss: 0.5, best: false },
      { step: 12, accuracy: 24 / 27, macroF1: 0.89, loss: 0.3, best: true },
    ],
    judgement: sampleJudgement(),
    judging: false,
    ...changes,
  };
}
