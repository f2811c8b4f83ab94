import type { Clock } from '../env';
import { RowlightError } from '../errors';
import { TOKEN_BUDGET, planBatches } from '../inference/batching';
import { padBatch } from '../model/logits';
import { makeBatch } from '../training/batches';
import { countMemory, lookAtRows } from '../training/before-start';
import { type Measured, interpolate, planCost } from '../training/plan-cost';
import { lossSettings } from '../training/losses/objective';
import type { Stepper } from '../training/stepper';
import { createStepperFor } from '../training/stepper-for';
import { type FineTuneRequest, prepareRun } from './fine-tune';
import type { BeforeStart, TrainingWorld } from './follow-training';
import { classesOfData, encodeExamples } from './training-data';

/** What a run would take on this machine as it is now. */
export interface RunEstimate {
  /** Steps of the whole run, and real ones that were measured. */
  readonly totalSteps: number;
  readonly measuredSteps: number;
  /** Seconds of a step, on the average of the run's batches. */
  readonly secondsAStep: number;
  /** Seconds of the whole run: steps, compiling their graphs, judging the held-out rows. */
  readonly seconds: number;
  /** Bytes of memory that the process will hold at most. */
  readonly peakMemory: number;
  readonly before: BeforeStart;
}

/** Real steps measured, on batches of different lengths. */
const MEASURED_STEPS = 3;

/** Seconds above which the first step of a length is not repeated: compiling its graph, the part that the first has more, is then small. */
const SLOW_STEP = 5;

/**
 * Estimates a run from three real training steps on its own rows: of the longest batches, which need the most memory, of the length that most
 * work goes into, and of the shortest. Nothing is written. Rejects as `fineTune` does; reason `cancelled` where the signal asked to stop.
 * @param memory bytes that this process has held at most so far
 */
export async function estimateRun(
  request: Omit<FineTuneRequest, 'output'>,
  world: Pick<TrainingWorld, 'engine' | 'clock' | 'log' | 'memoryBudget' | 'signal'>,
  memory: () => number,
): Promise<RunEstimate> {
  const { data, base, tokenizer, maxLength, settings, weights } = await prepareRun(request, world);
  const classes = classesOfData(data);
  const train = encodeExamples(data.train, classes.names, tokenizer, maxLength);
  const heldOut = encodeExamples(data.heldOut, classes.names, tokenizer, maxLength);
  const lengthsOf = (rows: typeof train) => rows.map(({ ids }) => ids.length);
  const plan = planCost(lengthsOf(train), lengthsOf(heldOut), settings);
  const timed = timer(world.clock, world.signal);
  const stepper = createStepperFor(world.engine, base.config, weights, request.scope, {
    seed: settings.seed,
    loss: lossSettings(
      request.objective,
      data.labels,
      train.map(({ label }) => label),
      classes.sets,
    ),
    memoryBudget: world.memoryBudget,
    parts: settings.accumulate,
  });
  try {
    const lengths = plan.buckets.map(({ length }) => length);
    const steps: Measured[] = [];
    const firsts: Measured[] = [];
    const growth: Measured[] = [];
    const { learningRate, batchSize, accumulate: parts } = settings;
    const before: BeforeStart = {
      rows: lookAtRows(data, { train, heldOut }),
      memory: countMemory(stepper, base.config, request.scope, { batchSize, parts, length: lengths.at(-1) ?? 0 }),
    };
    for (const { length, rows } of worthMeasuring(plan.buckets)) {
      const held = memory();
      const batch = makeBatch(
        rows.map((row) => train[row]!),
        batchSize,
        lengths,
        tokenizer,
      );
      // A tiny rate: the weights of this process are thrown away, but they shall stay numbers.
      const step = () => stepper.step(batch, learningRate * 1e-3);
      const first = await timed(step);
      const second = first > SLOW_STEP ? first : await timed(step);
      steps.push({ length, cost: second });
      firsts.push({ length, cost: Math.max(0, first - second) });
      growth.push({ length, cost: Math.max(0, memory() - held) });
    }
    const secondsAToken = await timeForward(stepper, heldOut, tokenizer.padId, timed);
    const sum = (of: (bucket: (typeof plan.buckets)[number]) => number) =>
      plan.buckets.reduce((total, bucket) => total + of(bucket), 0);
    const stepping = sum(({ length, steps: count }) => count * interpolate(steps, length));
    const compiling = sum(({ length }) => interpolate(firsts, length));
    const measured = new Set(growth.map(({ length }) => length));
    // The first step also made the optimizer's moments, so its growth says nothing of other lengths.
    const later = growth.slice(1);
    const others = plan.buckets.filter(({ length }) => !measured.has(length));
    const more = later.length === 0 ? 0 : others.reduce((total, { length }) => total + interpolate(later, length), 0);
    return {
      totalSteps: plan.totalSteps,
      measuredSteps: steps.length,
      secondsAStep: stepping / plan.totalSteps,
      seconds: stepping + compiling + plan.evaluations * plan.heldOutTokens * secondsAToken,
      peakMemory: memory() + Math.min(more, world.memoryBudget),
      before,
    };
  } finally {
    await stepper.dispose();
  }
}

/** Three of the lengths: the longest, the one with the most work, and of the rest the shortest. Fewer lengths are measured again. */
function worthMeasuring<Bucket extends { readonly length: number; readonly steps: number }>(
  buckets: readonly Bucket[],
): Bucket[] {
  const work = ({ length, steps }: Bucket) => length * steps;
  const [longest, ...others] = [...buckets].reverse();
  const chosen = longest === undefined ? [] : [longest];
  const heaviest = others.reduce<Bucket | undefined>(
    (most, bucket) => (most === undefined || work(bucket) > work(most) ? bucket : most),
    undefined,
  );
  if (heaviest) chosen.push(heaviest);
  const shortest = buckets.find((bucket) => !chosen.includes(bucket));
  if (shortest) chosen.push(shortest);
  while (chosen.length > 0 && chosen.length < MEASURED_STEPS) chosen.push(chosen[0]!);
  return chosen;
}

/** Seconds that the model takes to judge a token, padding counted: one batch, after one that compiles the graph. */
async function timeForward(
  stepper: Stepper,
  heldOut: Parameters<typeof padBatch>[0],
  padId: number,
  timed: (work: () => Promise<unknown>) => Promise<number>,
): Promise<number> {
  const batches = planBatches(
    heldOut.map(({ ids }) => ids.length),
    TOKEN_BUDGET,
  );
  const batch = batches[Math.floor(batches.length / 2)];
  if (batch === undefined) return 0;
  const judge = () =>
    stepper.logits(
      padBatch(
        batch.rows.map((row) => heldOut[row]!),
        batch.length,
        padId,
      ),
    );
  await timed(judge);
  return (await timed(judge)) / (batch.rows.length * batch.length);
}

/** Measures seconds; rejects with reason `cancelled` before work that nobody waits for any more. */
function timer(clock: Clock, signal: AbortSignal): (work: () => Promise<unknown>) => Promise<number> {
  return async (work) => {
    if (signal.aborted) throw new RowlightError('cancelled', 'the estimate was stopped');
    const begun = clock.now();
    await work();
    return (clock.now() - begun) / 1000;
  };
}
