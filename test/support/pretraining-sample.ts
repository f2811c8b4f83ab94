import type { PretrainingMetrics } from '../../src/protocol/pretraining-metrics';

/** A made-up finished pre-training run. */
export function samplePretraining(changes: Partial<PretrainingMetrics> = {}): PretrainingMetrics {
  const filled = (step: number, token: string, probability: number) => ({
    step,
    texts: [
      {
        text: '今天[MASK]去打[MASK]球',
        fillings: [
          [
            { token, probability },
            { token: '他', probability: 0.05 },
          ],
          [{ token: '##羽', probability: 0.5 }],
        ],
      },
    ],
  });
  return {
    kind: 'pretraining',
    run: {
      id: '2026-11-24-120000-abcd',
      folder: '/data/.rowlight/pretraining/2026-11-24-120000-abcd',
      state: 'finished',
      createdAt: '2026-11-24T12:00:00.000Z',
      data: ['/data/texts.txt', '/data/more'],
      base: 'zh-mini',
      fresh: true,
      step: 40,
      totalSteps: 40,
      usable: true,
      scores: { accuracy: 0.4321, loss: Math.log(12.5) },
    },
    rowlight: '0.2.0',
    device: 'onnx cpu',
    settings: { mask: 'word', lengths: '64:0.3,128:0.7', 'learning-rate': 5e-4, steps: 40, seed: 7 },
    corpus: {
      folder: '/cache/0123456789abcdef',
      sha256: 'cd'.repeat(32),
      counts: {
        files: 2,
        documents: 1234,
        heldOut: 56,
        nearDuplicates: 3,
        leftOut: 1,
        lines: 4321,
        junk: { short: 2, 'no-words': 0, broken: 1, repeated: 0 },
        characters: 98765,
        tokens: 87654,
        unknown: 876,
      },
    },
    lineage: {
      machine: {
        node: 'v22.0.0',
        runtime: 'onnxruntime 1.30.0',
        threads: 2,
        os: 'Linux 6.1 x64',
        cpu: 'A processor',
        cores: 4,
      },
    },
    steps: Array.from({ length: 40 }, (_, at) => ({
      step: at + 1,
      loss: at === 5 ? null : 10 / (at + 1),
      learningRate: 5e-4 * (1 - at / 40),
      tokensPerSecond: 2000 + at,
    })),
    judgements: [
      { step: 0, accuracy: 0.001, loss: 9.9, best: false },
      { step: 20, accuracy: 0.3, loss: 3.2, best: false },
      { step: 40, accuracy: 0.4321, loss: Math.log(12.5), best: true },
    ],
    filled: [filled(0, '的', 0.04), filled(20, '你', 0.2), filled(40, '我', 0.61)],
    masked: { words: 2000, whole: 1900 },
    ...changes,
  };
}
