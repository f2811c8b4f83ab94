import { join } from 'node:path';
import type { FilledText } from '../../../protocol/runs';
import type { Corpus } from '../../corpus/build-corpus';
import type { Engine } from '../../engine/engine';
import type { Clock, Log } from '../../env';
import { RowlightError } from '../../errors';
import type { ModelFolder } from '../../model/model-folder';
import type { Weights } from '../../model/tensor-map';
import { nodeFiles } from '../../node-files';
import { createAverage } from '../../pretraining/average';
import { compileFilling } from '../../pretraining/fill-masks';
import type { MaskedScores } from '../../../protocol/pretraining';
import { type PretrainingStep, pretrain } from '../../pretraining/loop';
import { createPretrainingStepper } from '../../pretraining/stepper';
import type { Moments } from '../../training/adamw';
import { createPartition } from '../../training/partition';
import { goesOnOnCpu } from '../device-loss';
import { openEventFile } from '../event-file';
import { createPace } from '../follow-training';
import { openMetrics, writeToAll } from '../metrics';
import { CANCEL_FILE } from '../run-folder';
import { savePretraining } from './checkpoint';
import { type PretrainingEstimate, estimatePretraining } from './estimate';
import { createJudging } from './judging';
import { type PretrainingOutcome, outcomeOf } from './outcome';
import type { PretrainingRecord } from './record';
import { openSequences } from './sequences';

/** A run of pre-training that is ready to go on. */
export interface ReadyPretraining {
  readonly folder: string;
  readonly attempt: number;
  readonly record: PretrainingRecord;
  readonly corpus: Corpus;
  readonly base: ModelFolder;
  /** Where training starts; emptied by it. */
  readonly weights: Weights;
  /** Where to go on, for a resumed run. */
  readonly from?: {
    readonly step: number;
    readonly moments: Map<string, Moments>;
    readonly average?: Weights;
    readonly counters: Readonly<Record<string, number>>;
  };
}

/** Hears what happens during a run. */
export interface PretrainingFollower {
  /** Before the first step. @param sequences those of an epoch at the greatest length */
  started(run: ReadyPretraining, sequences: number): void;
  /** What a new run will take, from steps that were measured; not for a resumed one. */
  estimated(estimate: PretrainingEstimate): void;
  stepped(step: PretrainingStep, pace: { tokensPerSecond: number; secondsLeft: number }, totalSteps: number): void;
  judged(step: number, scores: MaskedScores | undefined, filled: readonly FilledText[]): void;
}

/** What a run needs from outside. */
export interface PretrainingWorld {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  /** Version of Rowlight, for the records. */
  readonly version: string;
  /** Bytes that training sessions may hold together. */
  readonly memoryBudget: number;
  /** Asks the run to stop after the step under way. */
  readonly signal: AbortSignal;
  readonly follower: PretrainingFollower;
}

/** A checkpoint at least this often, so that a kill never costs more. */
const CHECKPOINT_EVERY = 120_000;

/** Pre-trains a ready run to its end and keeps its folder true all the while. */
export async function followPretraining(run: ReadyPretraining, world: PretrainingWorld): Promise<PretrainingOutcome> {
  const { folder, attempt, record, base, from } = run;
  const { settings } = record;
  const { engine, clock, follower, version } = world;
  const sequences = openSequences(run);
  const { vocabulary, reader, heldOut, longest } = sequences;
  const stepper = createPretrainingStepper(engine, base.config, run.weights, {
    seed: settings.seed,
    pairs: settings.pairs !== 'none',
    memoryBudget: world.memoryBudget,
    ...(from === undefined ? {} : { state: { moments: from.moments, steps: from.step } }),
  });
  const average =
    settings.average > 0 ? createAverage(stepper.optimizer.weights, settings.average, from?.average) : undefined;
  const filling = await compileFilling(engine, base.config, stepper.parameters);
  const metrics = writeToAll(await openMetrics(folder), await openEventFile(folder, attempt, clock));
  let step = from?.step ?? 0;
  let saved = clock.now();
  let [words, whole] = [0, 0];
  const counters: Record<string, number> = { ...from?.counters };
  counters.parts ??= settings.accumulate;
  const inParts = createPartition({
    parts: counters.parts,
    addsUp: true,
    onParts(parts) {
      counters.parts = parts;
      world.log.warn(`memory did not suffice at step ${step + 1}: from now on a batch goes in ${parts} parts`);
    },
  });
  const device = `${engine.name} ${engine.device}`;

  const save = async (best: boolean, scores?: MaskedScores) => {
    const name = await savePretraining(run, version, stepper, average, { step, counters, best, scores });
    await metrics.append({ event: 'checkpoint', attempt, step, name, best });
    saved = clock.now();
  };

  const { judge, judgeStart } = createJudging(run, {
    stepper,
    filling,
    sequences,
    average,
    metrics,
    counters,
    follower,
  });

  try {
    await metrics.append({
      event: 'started',
      attempt,
      step,
      time: clock.now(),
      totalSteps: settings.steps,
      epochs: 1,
      device,
    });
    follower.started(run, reader.count(longest));
    // The first checkpoint is the start itself: from now on a kill leaves something to load and to resume.
    if (from === undefined) {
      await save(true);
      const judged = heldOut.count(longest);
      const { padId } = vocabulary;
      follower.estimated(
        await estimatePretraining(stepper, reader, padId, settings, judged, clock, world.signal, inParts),
      );
    }
    if (step === 0) await judgeStart();
    const pace = createPace(clock, step, settings.steps);
    for await (const done of pretrain(stepper, reader, vocabulary.padId, settings, step, inParts)) {
      step = done.step;
      const loss = done.masked + (done.pair ?? 0);
      if (!Number.isFinite(loss) || !Number.isFinite(done.gradientNorm)) {
        throw new RowlightError(
          'bad-argument',
          `the loss is no longer a number at step ${step}; try a smaller --learning-rate`,
        );
      }
      average?.follow();
      words += done.words;
      whole += done.whole;
      const { examplesPerSecond, secondsLeft } = pace(step, done.tokens);
      const { learningRate, pair } = done;
      await metrics.append({
        event: 'step',
        attempt,
        step,
        loss,
        learningRate,
        examplesPerSecond,
        secondsLeft,
        ...(pair === undefined ? {} : { pair }),
        words: done.words,
        whole: done.whole,
      });
      follower.stepped(done, { tokensPerSecond: examplesPerSecond, secondsLeft }, settings.steps);
      if (step % settings.evaluateEvery === 0 || step === settings.steps) await judge(step, save);
      else if (clock.now() - saved > CHECKPOINT_EVERY) await save(false);
      if (step < settings.steps && (world.signal.aborted || (await nodeFiles.exists(join(folder, CANCEL_FILE))))) {
        if (counters.judged !== step) await save(false);
        await metrics.append({ event: 'cancelled', attempt, step, time: clock.now() });
        throw new RowlightError(
          'cancelled',
          `${folder}: stopped after step ${step} of ${settings.steps}; go on with: rowlight pretrain --resume ${folder}`,
        );
      }
    }
    await metrics.append({ event: 'finished', attempt, step, time: clock.now() });
    return await outcomeOf(folder, step, counters, words === 0 ? 0 : whole / words);
  } catch (error) {
    if (!RowlightError.is(error, 'cancelled') && !goesOnOnCpu(error, engine)) {
      const message = error instanceof Error ? error.message : String(error);
      await metrics.append({ event: 'failed', attempt, step, time: clock.now(), message }).catch(() => undefined);
    }
    throw error;
  } finally {
    await metrics.close().catch(() => undefined);
    await filling.dispose();
    await stepper.dispose();
  }
}
