import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RowlightError } from '../errors';
import type { HeadName } from '../model/config';
import { type AdapterBase, hashOfBase } from '../model/adapter-folder';
import { DEFAULT_LORA, type Lora, freshAdapters, isTrainedByLora } from '../model/lora';
import { type ModelFolder, loadAdapterFolder, loadModelFolder } from '../model/model-folder';
import type { Weight, Weights } from '../model/tensor-map';
import { CLASSIFIER, fillFresh, isHeadWeight } from '../model/weights';
import { nodeFiles, rethrow } from '../node-files';
import type { Moments } from '../training/adamw';
import type { Judged, Patience } from '../training/advice';
import type { Objective } from '../training/losses/objective';
import type { TrainingSettings } from '../training/loop';
import type { TrainScope } from '../training/scope';
import type { ScheduleName } from '../training/schedule';
import { createRandom } from '../training/random';
import { cleanRun, lastCheckpoint } from './checkpoints';
import { whileDeviceLasts } from './device-loss';
import { bytesForRun, ensureDiskSpace } from './disk';
import { recordFloor } from './floor';
import { type ReadyRun, type RunOutcome, type TrainingWorld, followTraining } from './follow-training';
import { tokenizerOf } from './load-classifier';
import { describeGit, describeMachine } from './lineage';
import { whileLocked } from './lock';
import { publishPredictions } from './predictions';
import { chooseParts } from './choose-parts';
import { latestAttempt, readMetrics } from './metrics';
import { argumentsOf, objectiveOf, scopeOf, settingsOf } from './run-arguments';
import { RUN_FILE, type RunRecord, beginAttempt, createRun, multiLabelRecord, newRunId, readRun } from './run-folder';
import { isRunFolder } from './stages-record';
import {
  type DataRequest,
  type TrainingData,
  classesOfData,
  encodeExamples,
  readTrainingData,
  rereadTrainingData,
} from './training-data';
import { loadTrainingState } from './training-state';

/** A run to begin. */
export interface FineTuneRequest extends DataRequest {
  /** Path of the data file. */
  readonly data: string;
  /** The base model as it was asked for: a name or a folder. */
  readonly base: string;
  /** Its folder, where `base` is a name. */
  readonly baseFolder?: string;
  /** The run folder to make. */
  readonly output: string;
  readonly maxLength?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly epochs?: number;
  readonly warmup: number;
  readonly schedule: ScheduleName;
  readonly patience: Patience;
  readonly head: HeadName;
  readonly objective: Objective;
  readonly scope: TrainScope;
  /** The adapters, where they are what is trained. */
  readonly lora?: Lora;
  /** In how many parts a batch goes through the model; as few as fit the memory where nobody says. */
  readonly accumulate?: number;
  /** A file whose rows the finished model answers (`cli/original-files.ts`). */
  readonly test?: string;
}

/** BERT's own defaults (run_classifier.py), where neither an argument nor the base model's `recommended` says otherwise. */
const DEFAULTS = { batchSize: 32, learningRate: 2e-5, epochs: 3 };

/** Fine-tunes a base model into a new run folder. Rejects with a `RowlightError`; reason `cancelled` where the signal asked to stop. */
export async function fineTune(request: FineTuneRequest, world: TrainingWorld): Promise<RunOutcome> {
  const prepared = await prepareRun(request, world);
  await makeRoom(request.output, prepared);
  return whileLocked(request.output, async () => {
    await requireFree(request.output);
    return beginRun(request, prepared, world);
  });
}

/** What a new run trains, read and checked. */
export type PreparedRun = Awaited<ReturnType<typeof prepareRun>>;

/** Makes a run folder where its checkpoints have room. */
export async function makeRoom(
  folder: string,
  { weights, adapterBase }: Pick<PreparedRun, 'weights' | 'adapterBase'>,
): Promise<void> {
  const saved = [...weights].filter(([name]) => adapterBase === undefined || isTrainedByLora(name));
  await ensureDiskSpace(folder, bytesForRun(saved.reduce((sum, [, { data }]) => sum + data.length, 0)));
  await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrow(error, folder));
}

/** Trains a prepared run in its folder, which is there; the caller holds its lock. */
export async function beginRun(
  request: FineTuneRequest,
  { data, base, tokenizer, maxLength, settings, weights, adapterBase }: PreparedRun,
  world: TrainingWorld,
): Promise<RunOutcome> {
  const git = await describeGit(request.data);
  const record = { ...recordOf(request, data, settings, maxLength, base.config.lora, world), git };
  await createRun(request.output, record);
  await recordFloor(request.output, data);
  const machine = describeMachine(world.engine, world.version);
  const attempt = await beginAttempt(request.output, world.clock, { machine });
  return followOnDevice(
    {
      folder: request.output,
      attempt,
      record,
      data,
      base,
      weights,
      tokenizer,
      maxLength,
      settings,
      objective: request.objective,
      scope: request.scope,
      ...(adapterBase === undefined ? {} : { adapterBase }),
    },
    world,
  );
}

/**
 * What training of a new run works on: its rows, and the base with the weights to start from.
 * @param like the record of a run on the same rows, split alike; rejects where a data file has changed since
 */
export async function prepareRun(
  request: Omit<FineTuneRequest, 'output'>,
  { log, memoryBudget }: Pick<TrainingWorld, 'log' | 'memoryBudget'>,
  like?: RunRecord,
) {
  const data = like ? await rereadTrainingData(like, log) : await readTrainingData(request.data, request, log);
  const found = await loadModelFolder(nodeFiles, request.baseFolder ?? request.base);
  const lora = request.scope === 'lora' ? (request.lora ?? DEFAULT_LORA) : undefined;
  const adapterBase = lora && (await adapterBaseOf(request.base, found.folder));
  const multiLabel = data.multiLabel !== undefined;
  const config = { ...found.config, head: request.head, multiLabel, ...(lora ? { lora } : {}) };
  const base: ModelFolder = { ...found, config };
  const { tokenizer, maxLength } = tokenizerOf(base, request.maxLength ?? base.rowlight?.recommended?.maxLength);
  const texts = () => encodeExamples(data.train, classesOfData(data).names, tokenizer, maxLength);
  const own = settingsFor(request, base);
  const { batchSize } = own;
  const accumulate = chooseParts(request, base.config, { batchSize, maxLength, texts }, memoryBudget);
  const settings: TrainingSettings = { ...own, accumulate };
  const weights = startingWeights(base, found.config.head, data.labels, request.seed);
  return { data, base, tokenizer, maxLength, settings, weights, adapterBase };
}

/** The settings of a run but for the parts of a batch: what is asked for, else what the base recommends, else BERT's own. */
export function settingsFor(
  request: Omit<FineTuneRequest, 'output'>,
  { rowlight }: Pick<ModelFolder, 'rowlight'>,
): Omit<TrainingSettings, 'accumulate'> {
  const recommended = rowlight?.recommended ?? {};
  return {
    batchSize: request.batchSize ?? recommended.batchSize ?? DEFAULTS.batchSize,
    learningRate: request.learningRate ?? recommended.learningRate ?? DEFAULTS.learningRate,
    epochs: request.epochs ?? recommended.epochs ?? DEFAULTS.epochs,
    warmup: request.warmup,
    schedule: request.schedule,
    patience: request.patience,
    seed: request.seed,
  };
}

/** Rejects with reason `bad-argument` where a folder holds a run already. */
export async function requireFree(folder: string): Promise<void> {
  if (await isRunFolder(folder))
    throw new RowlightError('bad-argument', `${folder}: holds a run already; give another folder, or resume that run`);
}

/** Goes on with a run that was interrupted or cancelled, from its last checkpoint; it ends as it would have without the break. */
export async function resume(folder: string, world: TrainingWorld): Promise<RunOutcome> {
  if (!(await nodeFiles.exists(join(folder, RUN_FILE)))) {
    throw new RowlightError(
      'not-found',
      `${folder}: is no run folder (it has no ${RUN_FILE}); give the folder of an interrupted run`,
    );
  }
  return whileLocked(folder, () => goOn(folder, world));
}

/** Goes on with a run whose lock the caller holds. */
export async function goOn(folder: string, world: TrainingWorld): Promise<RunOutcome> {
  const record = await readRun(folder);
  await cleanRun(folder);
  await publishPredictions(folder);
  const checkpoint = await lastCheckpoint(folder);
  const state = await loadTrainingState(nodeFiles, checkpoint);
  const [objective, scope] = [objectiveOf(record), scopeOf(record)];
  const base = await (scope === 'lora' ? loadAdapterFolder : loadModelFolder)(nodeFiles, checkpoint);
  const adapterBase = scope === 'lora' ? base.rowlight?.adapter : undefined;
  const data = await rereadTrainingData(record, world.log);
  const { tokenizer, maxLength } = tokenizerOf(base);
  const settings = settingsOf(record);
  const attempt = await beginAttempt(folder, world.clock, {
    resumedFrom: state.step,
    machine: describeMachine(world.engine, world.version),
  });
  const run = {
    folder,
    attempt,
    record,
    data,
    base,
    weights: base.weights,
    tokenizer,
    maxLength,
    settings,
    objective,
    scope,
    ...(adapterBase === undefined ? {} : { adapterBase }),
  };
  const moments = new Map(
    [...state.means].map(([name, mean]): [string, Moments] => [
      name,
      { first: mean.data, second: squareOf(state.squares, name) },
    ]),
  );
  return followOnDevice({ ...run, from: { ...state, moments, history: await historyOf(folder, state.epoch) } }, world);
}

/** Trains a ready run, on the CPU once its device fails. */
function followOnDevice(run: ReadyRun, world: TrainingWorld): Promise<RunOutcome> {
  return whileDeviceLasts(
    world,
    (first) => followTraining(run, first),
    (onCpu) => goOn(run.folder, onCpu),
  );
}

/** Scores of the epochs done: the first as many evaluations, since a later one was not yet followed by a checkpoint. */
async function historyOf(folder: string, epochs: number): Promise<Judged[]> {
  const lines = latestAttempt(await readMetrics(folder));
  return lines.filter((line) => line.event === 'evaluated').slice(0, epochs);
}

/** The base's weights; its classifier only where it is one for the same labels in the same order, under the same head. */
function startingWeights(base: ModelFolder, head: HeadName, labels: readonly string[], seed: number): Weights {
  const weights = new Map<string, Weight>(base.weights);
  // The run's copy is the only one from here on.
  base.weights.clear();
  const sameHead = head === base.config.head;
  if (!sameHead || base.labels?.join('\n') !== labels.join('\n')) for (const name of CLASSIFIER) weights.delete(name);
  if (!sameHead) for (const name of [...weights.keys()].filter(isHeadWeight)) weights.delete(name);
  const random = createRandom(seed, INITIALIZER_STREAM);
  const complete = fillFresh(weights, base.config, labels.length, () => random.float());
  if (base.config.lora === undefined) return complete;
  return new Map([...complete, ...freshAdapters(base.config, base.config.lora, () => random.float())]);
}

/** The base that adapters are trained for, so that nothing else is ever taken for it. */
async function adapterBaseOf(name: string, folder: string): Promise<AdapterBase> {
  return { name, folder: resolve(folder), sha256: await hashOfBase(nodeFiles, folder) };
}

/** Keeps the numbers for new weights apart from those for shuffles, which count up from 0. */
const INITIALIZER_STREAM = 0x1717;

function recordOf(
  request: FineTuneRequest,
  { data, dev, labels, multiLabel, split, train, heldOut }: TrainingData,
  settings: TrainingSettings,
  maxLength: number,
  lora: Lora | undefined,
  { clock, version }: TrainingWorld,
): Omit<RunRecord, 'format' | 'attempts'> {
  const { columns } = data.dataset;
  const source = (file: { path: string; sha256: string }) => ({ path: file.path, sha256: file.sha256 });
  return {
    id: newRunId(clock),
    createdAt: new Date(clock.now()).toISOString(),
    rowlight: version,
    arguments: argumentsOf(settings, request.objective, {
      maxLength,
      head: request.head,
      scope: request.scope,
      lora,
      ...(request.test === undefined ? {} : { test: request.test }),
    }),
    data: source(data),
    ...(dev === undefined ? {} : { dev: source(dev) }),
    base: request.base,
    seed: settings.seed,
    labels: [...labels],
    columns: {
      text: columns.text!.name,
      ...(columns.textB === undefined ? {} : { textB: columns.textB.name }),
      label: columns.label!.name,
    },
    headerless: !columns.header,
    ...(multiLabel === undefined ? {} : { multiLabel: multiLabelRecord(multiLabel) }),
    ...(split === undefined ? {} : { split }),
    rows: { train: train.length, heldOut: heldOut.length },
  };
}

function squareOf(squares: Weights, name: string): Float32Array {
  const square = squares.get(name);
  if (square === undefined)
    throw new RowlightError('bad-model', `the training state has no square of ${name}; start a new run`);
  return square.data;
}
