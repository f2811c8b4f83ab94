import { join } from 'node:path';
import type { Command } from 'commander';
import { selectEngine } from '../engine/select';
import { RowlightError } from '../errors';
import { describeColumns } from '../data/columns';
import type { FineTuneRequest } from '../runs/fine-tune';
import type { Lora } from '../model/lora';
import type { BeforeStart, Follower, ReadyRun, TrainingWorld } from '../runs/follow-training';
import type { Patience } from '../training/advice';
import type { TrainScope } from '../training/scope';
import type { Objective } from '../training/losses/objective';
import { newRunId } from '../runs/run-folder';
import { labelsText, lengthText, memoryText } from './before-start-text';
import { fineTuneStages, resumeStages } from '../runs/stages';
import { evaluateModel } from './evaluate';
import {
  type ColumnOptions,
  type EngineOptions,
  type TaskOptions,
  columnSettingsOf,
  engineSettings,
  multiLabelOf,
} from './options';
import { engineNotes } from './engine-notes';
import { writeOriginalFiles } from './original-files';
import { createProgressBar } from './progress-bar';
import { stageOptions } from './recipe';
import { type EvaluationResult, percent } from './report';
import { stopSignal } from './stop-signal';
import { trainingMemory } from './training-memory';
import { EMBEDDED_MODEL, modelPath, stderrLog, systemClock } from './world';

/** Options of `rowlight train`, as the command line names them. */
export interface TrainOptions
  extends
    EngineOptions,
    ColumnOptions,
    Partial<TaskOptions>,
    Objective,
    Pick<Patience, 'metric' | 'plateauFactor'>,
    Pick<
      FineTuneRequest,
      | 'dev'
      | 'maxLength'
      | 'batchSize'
      | 'accumulate'
      | 'learningRate'
      | 'epochs'
      | 'warmup'
      | 'schedule'
      | 'head'
      | 'seed'
      | 'test'
    > {
  readonly train: TrainScope;
  readonly loraRank: number;
  readonly loraAlpha: number;
  readonly loraDropout: number;
  readonly loraTargets: Lora['targets'];
  /** GiB of a GPU's memory. */
  readonly deviceMemory?: number;
  /** Evaluations. */
  readonly patience: number;
  readonly plateau: number;
  readonly base?: string;
  readonly output?: string;
  /** A recipe by its name or file. */
  readonly recipe?: string;
  readonly resume?: string;
  readonly estimate: boolean;
}

/**
 * `rowlight train DATA`: fine-tunes, then judges the best checkpoint on the held-out rows.
 * @param command the parsed one: what stands on it overrides the recipe
 */
export async function trainCommand(
  data: string | undefined,
  options: TrainOptions,
  version: string,
  command: Command,
): Promise<EvaluationResult & { run: string }> {
  const { world, release } = await trainingWorld(options, version);
  const { engine, log } = world;
  try {
    const outcome = await (options.resume === undefined
      ? fineTuneStages(await fineTuneRequests(data, options, command), world, options.recipe)
      : resumeStages(options.resume, world));
    log.info(`best checkpoint: ${outcome.folder} (macro F1 ${percent(outcome.scores.macroF1)})`);
    const result = await evaluateModel(engine, outcome.folder, outcome.data.heldOut, outcome.data.train);
    await writeOriginalFiles(outcome.folder, result, engine, log);
    return { run: outcome.folder, ...result };
  } finally {
    release();
  }
}

/** What a command that trains needs, shown on standard error and stopped by Ctrl+C until it is released. */
export async function trainingWorld(
  options: EngineOptions & Pick<TrainOptions, 'deviceMemory'>,
  version: string,
): Promise<{ world: TrainingWorld; release: () => void }> {
  const { signal, release } = stopSignal();
  const log = stderrLog(options.verbose);
  const engine = await selectEngine(engineSettings(options));
  engineNotes(engine).forEach((line) => log.info(line));
  const memoryBudget = trainingMemory(engine, options.deviceMemory);
  const world = { engine, clock: systemClock, log, version, memoryBudget, signal, follower: terminalFollower() };
  return { world, release };
}

/** The run that the options and their recipe describe, a request a stage. Rejects with reason `bad-argument` where a part of it is wrong. */
export async function fineTuneRequests(
  data: string | undefined,
  options: TrainOptions,
  command: Command,
): Promise<FineTuneRequest[]> {
  const output = options.output ?? join('.rowlight', 'runs', newRunId(systemClock));
  const stages = await stageOptions(options, command);
  return stages.map((stage) => fineTuneRequest(data, { ...stage, output }));
}

/** The run that the options describe. Throws with reason `bad-argument` where no data file is named. */
export function fineTuneRequest(data: string | undefined, options: TrainOptions): FineTuneRequest {
  if (data === undefined)
    throw new RowlightError(
      'bad-argument',
      'train needs a data file: rowlight train DATA, or --resume DIR to go on with a run',
    );
  const { dev, maxLength, batchSize, accumulate, learningRate, epochs, test } = options;
  const multiLabel = multiLabelOf(options);
  return {
    data,
    columns: columnSettingsOf(options),
    ...(multiLabel === undefined ? {} : { multiLabel }),
    base: options.base ?? EMBEDDED_MODEL,
    baseFolder: modelPath(options.base ?? EMBEDDED_MODEL),
    output: options.output ?? join('.rowlight', 'runs', newRunId(systemClock)),
    warmup: options.warmup,
    schedule: options.schedule,
    head: options.head,
    scope: options.train,
    lora: {
      rank: options.loraRank,
      alpha: options.loraAlpha,
      dropout: options.loraDropout,
      targets: options.loraTargets,
    },
    objective: {
      loss: options.loss,
      classWeights: options.classWeights,
      labelSmoothing: options.labelSmoothing,
      focalGamma: options.focalGamma,
      ...(options.positive === undefined ? {} : { positive: options.positive }),
    },
    patience: {
      metric: options.metric,
      stopAfter: options.patience,
      plateauAfter: options.plateau,
      plateauFactor: options.plateauFactor,
    },
    seed: options.seed,
    ...(dev === undefined ? {} : { dev }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(accumulate === undefined ? {} : { accumulate }),
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(test === undefined ? {} : { test }),
  };
}

/** Says on standard error what a run does. */
function terminalFollower(): Follower {
  const bar = createProgressBar(process.stderr, () => Date.now());
  const line = (text: string) => {
    bar.clear();
    process.stderr.write(`${text}\n`);
  };
  return {
    started: (run, totalSteps, before) => describeRun(run, totalSteps, before).forEach(line),
    stepped: (progress) => bar.update(progress),
    evaluated(epoch, step, scores, best) {
      const mark = best ? '  (best so far)' : '';
      line(
        `epoch ${epoch}, step ${step}: accuracy ${percent(scores.accuracy)}, macro F1 ${percent(scores.macroF1)}, loss ${scores.loss.toFixed(4)}${mark}`,
      );
    },
  };
}

function describeRun(
  { folder, data, record, settings, maxLength, from }: ReadyRun,
  totalSteps: number,
  { rows, memory }: BeforeStart,
): string[] {
  const { dataset, path } = data.data;
  const unlabelled = dataset.examples.filter(({ label }) => label === undefined).length;
  const held = data.dev === undefined ? 'held out of it' : data.dev.path;
  return [
    `data      ${path}: ${describeColumns(dataset.columns)}`,
    `rows      ${data.train.length} to learn from, ${data.heldOut.length} to judge by (${held}), ${unlabelled} unlabelled; ${data.labels.length} labels`,
    `labels    ${labelsText(rows)}`,
    `length    ${lengthText(rows)}`,
    `base      ${record.base}`,
    `settings  max-length ${maxLength}, batch-size ${settings.batchSize}${settings.accumulate > 1 ? ` in ${settings.accumulate} parts` : ''}, learning-rate ${settings.learningRate}, epochs ${settings.epochs}, warmup ${settings.warmup}, seed ${settings.seed}`,
    `memory    ${memoryText(memory)}`,
    `run       ${folder}${from === undefined ? '' : `, resumed from step ${from.step}`}: ${totalSteps} steps`,
  ];
}
