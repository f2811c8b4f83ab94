import type {
  FilledStep,
  MaskedPoint,
  PretrainingMetrics,
  PretrainingStepPoint,
} from '../../../protocol/pretraining-metrics';
import type { MetricsLine, StepLine } from '../../../protocol/runs';
import { groupsOf, meanOf } from '../../training/curve';

/** Most points that a picture gets, and most judgements that are shown. */
const POINTS = 800;
const JUDGEMENTS = 400;

/** Most judgements of which the fill-ins are shown. */
const FILLED = 12;

/** What the lines of a run that hold say of its course. @param best step of the best checkpoint */
export function courseOfPretraining(
  lines: readonly MetricsLine[],
  best: number | undefined,
): Pick<PretrainingMetrics, 'device' | 'steps' | 'judgements' | 'filled' | 'masked'> {
  const steps = lines.filter((line) => line.event === 'step');
  const started = lines.findLast((line) => line.event === 'started');
  const judgements = lines
    .filter((line) => line.event === 'masked')
    .map(({ step, accuracy, loss }): MaskedPoint => {
      return { step, accuracy: finite(accuracy), loss: finite(loss), best: step === best };
    });
  const filled = lines
    .filter((line) => line.event === 'filled')
    .map(({ step, texts }): FilledStep => ({ step, texts }));
  return {
    ...(started ? { device: started.device } : {}),
    steps: groupsOf(steps, POINTS).map(pointOf),
    judgements: spread(judgements, JUDGEMENTS, (point) => point.best),
    filled: spread(filled, FILLED),
    masked: { words: total(steps, 'words'), whole: total(steps, 'whole') },
  };
}

/** At most `most` of a list, in their order, spread over it: the first, the last, and beside those the ones to be kept in any case. */
export function spread<T>(list: readonly T[], most: number, keep: (one: T) => boolean = () => false): T[] {
  if (list.length <= most) return [...list];
  const chosen = new Set(Array.from({ length: most }, (_, at) => Math.round((at * (list.length - 1)) / (most - 1))));
  return list.filter((one, at) => chosen.has(at) || keep(one));
}

function pointOf(group: readonly StepLine[]): PretrainingStepPoint {
  const { step, learningRate } = group.at(-1)!;
  const paired = group.some(({ pair }) => pair !== undefined);
  return {
    step,
    loss: meanOf(group.map(({ loss, pair = 0 }) => loss - pair)),
    ...(paired ? { pairLoss: meanOf(group.map(({ pair = Number.NaN }) => pair)) } : {}),
    learningRate,
    tokensPerSecond: meanOf(group.map(({ examplesPerSecond }) => examplesPerSecond)) ?? 0,
  };
}

function total(steps: readonly StepLine[], of: 'words' | 'whole'): number {
  return steps.reduce((sum, step) => sum + (step[of] ?? 0), 0);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
