import { rowsOfPart } from '../training/parts';
import { createRandom } from '../training/random';
import { type Partition, createPartition } from '../training/partition';
import { type ScheduleName, learningRateAt } from '../training/schedule';
import { type Masked, makePretrainingBatch } from './batch';
import { type PlannedPhase, planPhases } from './phases';
import type { SequenceReader } from './sequence-reader';
import type { MaskSettings, PairTask, Phase } from './settings';
import type { PretrainingLosses, PretrainingStepper } from './stepper';

/** What pre-training leaves to choose. */
export interface PretrainingSettings {
  readonly seed: number;
  readonly masks: MaskSettings;
  readonly pairs: PairTask;
  /** Whether sequences shorter than the longest stand at any position; see {@link firstPositionOf}. */
  readonly shiftPositions: boolean;
  /** Lengths of the sequences, short ones first. */
  readonly phases: readonly Phase[];
  /** Sequences of a step at the greatest length. */
  readonly batchSize: number;
  /** In how many parts a batch goes through the model, in more where memory does not suffice. */
  readonly accumulate: number;
  readonly steps: number;
  /** The highest rate, reached after warm-up. */
  readonly learningRate: number;
  /** The share of all steps that warms up. */
  readonly warmup: number;
  readonly schedule: ScheduleName;
}

/** One step. */
export interface PretrainingStep extends PretrainingLosses {
  /** Steps done, this one included. */
  readonly step: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Tokens read, and predicted. */
  readonly tokens: number;
  readonly predictions: number;
  /** Words masked, and those masked as a whole. */
  readonly words: number;
  readonly whole: number;
}

/**
 * Pre-trains step by step, from a step to the end. Which sequences a step reads and what of them is masked are functions of the seed and of the step,
 * so that a resumed run repeats nothing and misses nothing. Stop pulling to stop.
 * @param inParts how batches are parted
 */
export async function* pretrain(
  stepper: PretrainingStepper,
  reader: SequenceReader,
  padId: number,
  settings: PretrainingSettings,
  from = 0,
  inParts: Partition = createPartition({ parts: settings.accumulate, addsUp: true }),
): AsyncGenerator<PretrainingStep, void, void> {
  const { steps, learningRate: peak, warmup, schedule } = settings;
  for (const phase of planPhases(settings.phases, steps, settings.batchSize)) {
    for (let step = Math.max(from, phase.from); step < phase.to; step++) {
      const sequences = await sequencesOf(reader, phase, step);
      const learningRate = learningRateAt(step, steps, peak, warmup, schedule);
      const first = firstPositionOf(settings, phase.length, step);
      const { masked, pair, gradientNorm } = await inParts(
        sequences.length,
        (accumulate) =>
          stepper.step(partsOf(sequences, phase.length, padId, { ...settings, accumulate }, first), learningRate),
        () => stepper.free(),
      );
      const sum = (of: (sequence: Masked) => number) => sequences.reduce((total, one) => total + of(one), 0);
      yield {
        step: step + 1,
        masked,
        ...(pair === undefined ? {} : { pair }),
        gradientNorm,
        learningRate,
        tokens: sum(({ ids }) => ids.length),
        predictions: sum(({ positions }) => positions.length),
        words: sum(({ words }) => words),
        whole: sum(({ whole }) => whole),
      };
    }
  }
}

/** The sequences of a step: those after the ones of the steps before it in its phase. */
export async function sequencesOf(reader: SequenceReader, phase: PlannedPhase, step: number): Promise<Masked[]> {
  const sequences: Masked[] = [];
  const first = (step - phase.from) * phase.batchSize;
  for (let i = 0; i < phase.batchSize; i++) sequences.push(await reader.masked(phase.length, first + i));
  return sequences;
}

/**
 * Where the sequences of a step stand. New weights would know nothing of the positions beyond a short phase until that ends, and forget how to find words
 * when longer sequences come; a run of such weights therefore draws the first position of each step anew, as far as the longest sequence reaches (Kiyono
 * et al. 2021, "SHAPE: Shifted Absolute Position Embedding for Transformers"). A function of the seed and the step.
 * @returns none for sequences of the greatest length, and where positions are not shifted
 */
export function firstPositionOf(
  { seed, phases, shiftPositions }: Pick<PretrainingSettings, 'seed' | 'phases' | 'shiftPositions'>,
  T: number,
  step: number,
): number | undefined {
  const longest = Math.max(...phases.map(({ length }) => length));
  if (!shiftPositions || T === longest) return undefined;
  return createRandom(createRandom(seed, POSITIONS).next(), step).below(longest - T + 1);
}

/** What the random numbers of positions are for, apart from those of the sequences. */
const POSITIONS = 8;

/** A batch in parts of as many sequences each, but for the last. */
export function partsOf(
  sequences: readonly Masked[],
  T: number,
  padId: number,
  { masks, pairs, accumulate }: Pick<PretrainingSettings, 'masks' | 'pairs' | 'accumulate'>,
  firstPosition?: number,
) {
  const predictions = sequences.reduce((sum, { positions }) => sum + positions.length, 0);
  const rows = rowsOfPart(sequences.length, accumulate);
  return Array.from({ length: Math.ceil(sequences.length / rows) }, (_, part) =>
    makePretrainingBatch(
      sequences.slice(part * rows, (part + 1) * rows),
      T,
      padId,
      masks,
      { predictions, pairs: sequences.length },
      pairs !== 'none',
      firstPosition,
    ),
  );
}
