import { type EncodedExample, batchLengths, chooseBuckets, makeBatch, planEpoch } from './batches';
import type { Classes } from './classes';
import { type Evaluation, evaluate } from './evaluate';
import { type Judged, type Patience, adviseAfter } from './advice';
import { type ScheduleName, learningRateAt } from './schedule';
import type { Stepper } from './stepper';

/** What a run of training leaves to choose. */
export interface TrainingSettings {
  readonly batchSize: number;
  /** In how many parts a batch goes through the model; the step is the same, and takes less memory. */
  readonly accumulate: number;
  /** The highest rate, reached after warm-up. */
  readonly learningRate: number;
  readonly epochs: number;
  /** The share of all steps that warms up. */
  readonly warmup: number;
  readonly schedule: ScheduleName;
  readonly patience: Patience;
  readonly seed: number;
}

/** Where training stands. Order of rows and masks are functions of it and of the seed, so that a resumed run repeats nothing and misses nothing. */
export interface Position {
  /** Steps done. */
  readonly step: number;
  /** The epoch under way and batches of it done, from 0. */
  readonly epoch: number;
  readonly batch: number;
}

/** What happens during training, in order. While the receiver of an event awaits, the weights do not change. */
export type TrainingEvent =
  /** `loss` and `gradientNorm` of one step, before its update. */
  | {
      readonly type: 'step';
      readonly position: Position;
      readonly loss: number;
      readonly gradientNorm: number;
      readonly learningRate: number;
      readonly rows: number;
    }
  /** The held-out rows were judged, at the end of an epoch. */
  | { readonly type: 'evaluated'; readonly position: Position; readonly evaluation: Evaluation };

/** Number of optimizer steps of a whole run. */
export function totalSteps(
  rows: number,
  { batchSize, epochs }: Pick<TrainingSettings, 'batchSize' | 'epochs'>,
): number {
  return Math.ceil(Math.ceil(rows / batchSize) * epochs);
}

/**
 * Trains, step by step, from a position to the end. Stop pulling to stop training; nothing is lost but the events not pulled.
 * @param stepper holds the weights
 * @param data rows to learn from and rows held out; without the latter nothing is evaluated; and the sets that they name, for several labels a row
 * @param history scores of the evaluations before `from`
 */
export async function* train(
  stepper: Stepper,
  data: {
    readonly train: readonly EncodedExample[];
    readonly heldOut: readonly EncodedExample[];
    readonly sets?: Classes['sets'];
  },
  labels: readonly string[],
  tokenizer: { readonly padId: number },
  settings: TrainingSettings,
  from: Position = { step: 0, epoch: 0, batch: 0 },
  history: readonly Judged[] = [],
): AsyncGenerator<TrainingEvent, void, void> {
  const { batchSize, seed } = settings;
  const lengths = data.train.map(({ ids }) => ids.length);
  const buckets = chooseBuckets(batchLengths(lengths, batchSize, seed));
  const total = totalSteps(data.train.length, settings);
  const judged = [...history];
  let advice = adviseAfter(judged, settings.patience);
  let { step, epoch, batch } = from;
  // A run that was stopped after its last step is still to be judged.
  while ((step < total || batch > 0) && !advice.stop) {
    const batches = planEpoch(lengths, batchSize, seed, epoch);
    for (; batch < batches.length && step < total;) {
      const rows = Array.from(batches[batch]!, (row) => data.train[row]!);
      const learningRate =
        advice.factor * learningRateAt(step, total, settings.learningRate, settings.warmup, settings.schedule);
      const { loss, gradientNorm } = await stepper.step(makeBatch(rows, batchSize, buckets, tokenizer), learningRate);
      step++;
      batch++;
      yield { type: 'step', position: { step, epoch, batch }, loss, gradientNorm, learningRate, rows: rows.length };
    }
    epoch++;
    batch = 0;
    if (data.heldOut.length > 0) {
      const evaluation = await evaluate(stepper, data.heldOut, labels, tokenizer.padId, data.sets);
      judged.push({ ...evaluation.scores, loss: evaluation.loss });
      advice = adviseAfter(judged, settings.patience);
      yield { type: 'evaluated', position: { step, epoch, batch }, evaluation };
    }
  }
}
