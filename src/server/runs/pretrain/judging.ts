import type { Compiled } from '../../engine/engine';
import type { WeightAverage } from '../../pretraining/average';
import type { MaskedScores } from '../../../protocol/pretraining';
import type { PretrainingStepper } from '../../pretraining/stepper';
import { type MetricsWriter, readMetrics } from '../metrics';
import type { PretrainingFollower, ReadyPretraining } from './follow';
import { judgeWeights } from './judgement';
import type { RunSequences } from './sequences';

/** What a run has that its judgements need. */
interface JudgedRun {
  readonly stepper: PretrainingStepper;
  /** See `compileFilling`. */
  readonly filling: Compiled;
  readonly sequences: RunSequences;
  /** Judged in the place of the weights, where one is kept. */
  readonly average: WeightAverage | undefined;
  readonly metrics: MetricsWriter;
  /** Numbers of the training state: the best scores, and the step that was judged last, are kept here. */
  readonly counters: Record<string, number>;
  readonly follower: PretrainingFollower;
}

/** Judges a run on its way: tells the metrics file and the follower, and remembers the best. */
export interface Judging {
  /** Judges the weights as they are after a step; `keep` has what is done with that before it is told. */
  judge(step: number, keep: (isBest: boolean, scores?: MaskedScores) => Promise<void>): Promise<void>;
  /** Judges the start, which every later judgement is compared with; one that was killed meanwhile made its checkpoint, but not that. */
  judgeStart(): Promise<void>;
}

/** What judges a run. */
export function createJudging(
  { folder, attempt, record }: Pick<ReadyPretraining, 'folder' | 'attempt' | 'record'>,
  { stepper, filling, sequences, average, metrics, counters, follower }: JudgedRun,
): Judging {
  const inPlace = average === undefined ? <T>(work: () => Promise<T>) => work() : average.whileInPlace;
  const isBest = ({ accuracy, loss }: MaskedScores): void =>
    void Object.assign(counters, { bestLoss: loss, bestAccuracy: accuracy });

  const judge: Judging['judge'] = async (step, keep) => {
    const { scores, filled } = await inPlace(() => judgeWeights(stepper, filling, sequences, record.settings));
    const best = scores === undefined || scores.loss < (counters.bestLoss ?? Infinity);
    if (scores !== undefined && best) isBest(scores);
    counters.judged = step;
    if (scores !== undefined) await metrics.append({ event: 'masked', attempt, step, ...scores });
    if (filled.length > 0) await metrics.append({ event: 'filled', attempt, step, texts: filled });
    await keep(best, scores);
    follower.judged(step, scores, filled);
  };

  return {
    judge,
    async judgeStart() {
      const found = (await readMetrics(folder)).filter((line) => line.step === 0);
      const scores = found.find((line) => line.event === 'masked');
      if (scores) isBest(scores);
      if (!scores && !found.some((line) => line.event === 'filled')) await judge(0, async () => undefined);
    },
  };
}
