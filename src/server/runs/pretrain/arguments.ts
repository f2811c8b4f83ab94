import type { PretrainingRecord } from './record';

/** What a run was asked for, by the names of the command line's options. */
export function argumentsOf({ settings, fresh }: Pick<PretrainingRecord, 'settings' | 'fresh'>) {
  const { masks, phases } = settings;
  return {
    fresh,
    mask: masks.unit,
    'mask-share': masks.share,
    pairs: settings.pairs,
    lengths: phases.map(({ length, share }) => `${length}:${share}`).join(','),
    'batch-size': settings.batchSize,
    accumulate: settings.accumulate,
    steps: settings.steps,
    'learning-rate': settings.learningRate,
    warmup: settings.warmup,
    schedule: settings.schedule,
    average: settings.average,
    'evaluate-every': settings.evaluateEvery,
    seed: settings.seed,
  };
}
