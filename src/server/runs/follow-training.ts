import { join } from 'node:path';
import type { Engine } from '../engine/engine';
import type { Clock, Log } from '../env';
import { RowlightError } from '../errors';
import type { AdapterBase } from '../model/adapter-folder';
import { type ModelFolder, adapterFolderFiles, modelFolderFiles } from '../model/model-folder';
import type { RowlightJson } from '../model/rowlight-json';
import type { Weights } from '../model/tensor-map';
import { nodeFiles } from '../node-files';
import type { Tokenizer } from '../tokenizer/encoding';
import type { Moments, OptimizerState } from '../training/adamw';
import { type MemoryBeforeStart, type RowsBeforeStart, countMemory, lookAtRows } from '../training/before-start';
import { type Judged, isBetter } from '../training/advice';
import { eachAtTemperature } from '../inference/probabilities';
import { type Calibration, allAtTemperature, calibrate, calibrateSets } from '../training/calibration';
import { type Classes, multiHot } from '../training/classes';
import type { Evaluation } from '../training/evaluate';
import { type Objective, lossSettings } from '../training/losses/objective';
import { type Position, type TrainingEvent, type TrainingSettings, totalSteps, train } from '../training/loop';
import type { TrainScope } from '../training/scope';
import { createStepperFor } from '../training/stepper-for';
import type { Scores } from '../../protocol/runs';
import { saveCheckpoint } from './checkpoints';
import { goesOnOnCpu } from './device-loss';
import { openEventFile } from './event-file';
import { openMetrics, writeToAll } from './metrics';
import { judgedRows } from './judged-rows';
import { predictionsFile, publishPredictions } from './predictions';
import { probabilitiesFile } from './probabilities-file';
import { CANCEL_FILE, type RunRecord } from './run-folder';
import { type TrainingData, classesOfData, encodeExamples } from './training-data';

/** A run that is ready to train. */
export interface ReadyRun {
  readonly folder: string;
  readonly attempt: number;
  readonly record: Omit<RunRecord, 'format' | 'attempts'>;
  readonly data: TrainingData;
  readonly base: ModelFolder;
  /** Where training starts; emptied by it. */
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  readonly maxLength: number;
  readonly settings: TrainingSettings;
  readonly objective: Objective;
  readonly scope: TrainScope;
  /** The model that adapters are trained for; checkpoints hold the adapters alone then. */
  readonly adapterBase?: AdapterBase;
  /** Where to go on, for a resumed run. */
  readonly from?: Position & {
    readonly moments: Map<string, Moments>;
    readonly counters?: Readonly<Record<string, number>> | undefined;
    readonly best?: (Scores & { readonly step: number }) | undefined;
    /** Scores of the epochs done, in order. */
    readonly history: readonly Judged[];
  };
}

/** Progress of a run, for whoever shows it. */
export interface Progress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly examplesPerSecond: number;
  readonly secondsLeft: number;
}

/** What is to be known before the first step. */
export interface BeforeStart {
  readonly rows: RowsBeforeStart;
  readonly memory: MemoryBeforeStart;
}

/** Hears what happens during a run. */
export interface Follower {
  /** Before the first step. */
  started(run: ReadyRun, totalSteps: number, before: BeforeStart): void;
  stepped(progress: Progress): void;
  evaluated(epoch: number, step: number, scores: Scores, best: boolean): void;
}

/** What a run needs from outside. */
export interface TrainingWorld {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  /** Version of Rowlight, for the records. */
  readonly version: string;
  /** Bytes that training sessions may hold together. */
  readonly memoryBudget: number;
  /** Asks the run to stop after the step under way. */
  readonly signal: AbortSignal;
  /** Hears what happens. */
  readonly follower: Follower;
}

/** How a run ended. */
export interface RunOutcome {
  readonly folder: string;
  readonly steps: number;
  /** Scores of the best checkpoint. */
  readonly scores: Scores;
  readonly data: TrainingData;
}

/** A checkpoint at least this often, so that a kill never costs more; epochs end with one in any case. */
const CHECKPOINT_EVERY = 120_000;

/** Trains a ready run to its end and keeps its folder true all the while. */
export async function followTraining(run: ReadyRun, world: TrainingWorld): Promise<RunOutcome> {
  const { folder, attempt, data, tokenizer, settings, maxLength, from } = run;
  const { clock, follower } = world;
  const classes = classesOfData(data);
  const encoded = {
    ...(classes.sets === undefined ? {} : { sets: classes.sets }),
    train: encodeExamples(data.train, classes.names, tokenizer, maxLength),
    heldOut: encodeExamples(data.heldOut, classes.names, tokenizer, maxLength),
  };
  const truth = Int32Array.from(encoded.heldOut, ({ label }) => label);
  const total = totalSteps(encoded.train.length, settings);
  let parts = from?.counters?.parts ?? settings.accumulate;
  const stepper = createStepperFor(world.engine, run.base.config, run.weights, run.scope, {
    seed: settings.seed,
    loss: lossSettings(
      run.objective,
      data.labels,
      encoded.train.map(({ label }) => label),
      classes.sets,
    ),
    memoryBudget: world.memoryBudget,
    parts,
    onParts(more) {
      parts = more;
      world.log.warn(`memory did not suffice at step ${position.step + 1}: from now on a batch goes in ${parts} parts`);
    },
    ...(from === undefined ? {} : { state: { moments: from.moments, steps: from.step } }),
  });
  const { weights } = stepper;
  const metrics = writeToAll(await openMetrics(folder), await openEventFile(folder, attempt, clock));
  let best = from?.best;
  let position: Position = from ?? { step: 0, epoch: 0, batch: 0 };
  let saved = clock.now();

  const save = async (isBest: boolean, evaluation?: Evaluation) => {
    await stepper.read();
    const scores = evaluation && scoresOf(evaluation);
    const calibration = evaluation && calibrationOf(evaluation, truth, classes.sets);
    const { config, tokenizer: vocabulary } = run.base;
    const rowlight = rowlightJsonOf(run, position.step, scores, calibration);
    const whole = { config, tokenizer: vocabulary, weights, labels: data.labels, rowlight };
    const model =
      config.lora && run.adapterBase
        ? adapterFolderFiles(whole, config.lora, run.adapterBase)
        : modelFolderFiles(whole);
    const state = {
      ...position,
      seed: settings.seed,
      counters: { parts },
      ...momentsOf(stepper.optimizer, weights),
      ...(best === undefined ? {} : { best }),
    };
    // What a checkpoint says of the held-out rows comes to be with it, in one step.
    const files = evaluation
      ? [
          ...model,
          predictionsFile(judgedRows(data, shown(evaluation, calibration, classes.sets))),
          ...probabilitiesFile(evaluation.probabilities, data.labels.length),
        ]
      : model;
    const name = await saveCheckpoint(folder, { files, state, best: isBest });
    if (isBest) await publishPredictions(folder);
    await metrics.append({ event: 'checkpoint', attempt, step: position.step, name, best: isBest });
    saved = clock.now();
  };
  const pace = createPace(clock, position.step, total);

  try {
    const device = `${world.engine.name} ${world.engine.device}`;
    await metrics.append({
      event: 'started',
      attempt,
      step: position.step,
      time: clock.now(),
      totalSteps: total,
      epochs: settings.epochs,
      device,
    });
    const length = encoded.train.reduce((most, { ids }) => Math.max(most, ids.length), 0);
    follower.started(run, total, {
      rows: lookAtRows(data, encoded),
      memory: countMemory(stepper, run.base.config, run.scope, { batchSize: settings.batchSize, parts, length }),
    });
    // The first checkpoint is the start itself: from now on a kill leaves something to load and to resume.
    if (from === undefined) await save(true);
    for await (const event of train(stepper, encoded, data.labels, tokenizer, settings, position, from?.history)) {
      position = event.position;
      if (event.type === 'step') {
        requireFinite(event);
        const progress = {
          ...pace(event.position.step, event.rows),
          loss: event.loss,
          learningRate: event.learningRate,
        };
        await metrics.append({ event: 'step', attempt, step: position.step, ...progress });
        follower.stepped({ ...progress, step: position.step, totalSteps: total, epoch: position.epoch });
        if (clock.now() - saved > CHECKPOINT_EVERY) await save(false);
      } else {
        const scores = scoresOf(event.evaluation);
        if (Number.isNaN(scores.loss)) throw noNumber(position.step);
        const isBest = best === undefined || isBetter(settings.patience.metric, scores, best);
        if (isBest) best = { ...scores, step: position.step };
        await metrics.append({ event: 'evaluated', attempt, step: position.step, ...scores });
        await save(isBest, event.evaluation);
        follower.evaluated(position.epoch, position.step, scores, isBest);
      }
      if (world.signal.aborted || (await nodeFiles.exists(join(folder, CANCEL_FILE)))) {
        if (event.type === 'step') await save(false);
        await metrics.append({ event: 'cancelled', attempt, step: position.step, time: clock.now() });
        throw new RowlightError(
          'cancelled',
          `${folder}: stopped after step ${position.step} of ${total}; go on with --resume ${folder}`,
        );
      }
    }
    if (best === undefined) throw new Error('A run ended without an evaluation.');
    const scores: Scores = { accuracy: best.accuracy, macroF1: best.macroF1, loss: best.loss };
    await metrics.append({ event: 'finished', attempt, step: position.step, time: clock.now(), scores });
    return { folder, steps: position.step, scores, data };
  } catch (error) {
    if (!RowlightError.is(error, 'cancelled') && !goesOnOnCpu(error, world.engine)) {
      const message = error instanceof Error ? error.message : String(error);
      await metrics
        .append({ event: 'failed', attempt, step: position.step, time: clock.now(), message })
        .catch(() => undefined);
    }
    throw error;
  } finally {
    await metrics.close().catch(() => undefined);
    await stepper.dispose();
  }
}

function scoresOf({ scores, loss }: Evaluation): Scores {
  return { accuracy: scores.accuracy, macroF1: scores.macroF1, loss };
}

function calibrationOf(
  { probabilities, predicted }: Evaluation,
  truth: Int32Array,
  sets: Classes['sets'],
): Calibration | undefined {
  const width = probabilities.length / predicted.length;
  return sets ? calibrateSets(probabilities, multiHot(truth, sets, width), width) : calibrate(probabilities, truth);
}

/** An evaluation with the probabilities that the saved model will show. */
function shown(evaluation: Evaluation, calibration: Calibration | undefined, sets: Classes['sets']): Evaluation {
  if (calibration === undefined) return evaluation;
  const { probabilities, predicted } = evaluation;
  const { temperature } = calibration;
  const width = probabilities.length / predicted.length;
  const tempered = sets
    ? eachAtTemperature(probabilities, temperature)
    : allAtTemperature(probabilities, width, temperature);
  return { ...evaluation, probabilities: tempered };
}

function requireFinite({ loss, gradientNorm, position }: Extract<TrainingEvent, { type: 'step' }>): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw noNumber(position.step);
}

function noNumber(step: number): RowlightError {
  return new RowlightError(
    'bad-argument',
    `the loss is no longer a number at step ${step}; try a smaller --learning-rate`,
  );
}

/** The optimizer's moments as named weights: views, to be written before the next step. */
export function momentsOf(optimizer: OptimizerState, weights: Weights): { means: Weights; squares: Weights } {
  const named = (pick: (moments: Moments) => Float32Array): Weights =>
    new Map(
      [...optimizer.moments].map(([name, moments]) => [name, { shape: weights.get(name)!.shape, data: pick(moments) }]),
    );
  return { means: named(({ first }) => first), squares: named(({ second }) => second) };
}

/** Measures speed as a moving average, and from it the time left. */
export function createPace(clock: { now(): number }, first: number, total: number) {
  let last = clock.now();
  let secondsAStep = 0;
  let examplesPerSecond = 0;
  return (step: number, rows: number) => {
    const now = clock.now();
    const seconds = Math.max(1e-3, (now - last) / 1000);
    last = now;
    // The first steps compile their graphs: weigh them little once there are more.
    const weight = Math.max(0.05, 1 / (step - first));
    secondsAStep += (seconds - secondsAStep) * weight;
    examplesPerSecond += (rows / seconds - examplesPerSecond) * weight;
    return { examplesPerSecond, secondsLeft: secondsAStep * (total - step) };
  };
}

/** What a checkpoint says of itself beside Hugging Face's files. */
function rowlightJsonOf(
  { record, maxLength, base, objective }: ReadyRun,
  step: number,
  scores?: RowlightJson['scores'],
  calibration?: Calibration,
): RowlightJson {
  const { positive } = objective;
  return {
    format: 1,
    rowlight: record.rowlight,
    columns: record.columns,
    headerless: record.headerless,
    ...(record.multiLabel === undefined ? {} : { multiLabel: record.multiLabel }),
    maxLength,
    head: base.config.head,
    loss: objective.loss,
    ...(positive === undefined ? {} : { positive }),
    arguments: record.arguments,
    dataHash: record.data.sha256,
    base: record.base,
    step,
    ...(scores === undefined ? {} : { scores }),
    ...(calibration === undefined ? {} : { calibration }),
  };
}
