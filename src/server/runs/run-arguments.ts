import { RowlightError } from '../errors';
import { METRICS } from '../training/advice';
import { DEFAULT_OBJECTIVE, type Objective } from '../training/losses/objective';
import { DEFAULT_LORA, LORA_TARGETS, type Lora, type LoraTarget } from '../model/lora';
import { LOSSES } from '../training/losses/loss';
import type { TrainingSettings } from '../training/loop';
import { type TrainScope, parseScope } from '../training/scope';
import { SCHEDULES } from '../training/schedule';
import type { RunRecord } from './run-folder';

/** The arguments of a run as `run.json` keeps them, by their command-line names. */
type Arguments = RunRecord['arguments'];

/** Writes down what a run was asked for, defaults filled in. */
export function argumentsOf(
  { batchSize, accumulate, learningRate, epochs, warmup, schedule, patience, seed }: TrainingSettings,
  { loss, classWeights, labelSmoothing, focalGamma, positive }: Objective,
  model: {
    readonly maxLength: number;
    readonly head: string;
    readonly scope: TrainScope;
    readonly lora?: Lora | undefined;
    readonly test?: string;
  },
): Arguments {
  return {
    'max-length': model.maxLength,
    head: model.head,
    train: model.scope,
    ...(model.lora === undefined
      ? {}
      : {
          'lora-rank': model.lora.rank,
          'lora-alpha': model.lora.alpha,
          'lora-dropout': model.lora.dropout,
          'lora-targets': model.lora.targets.join(','),
        }),
    'batch-size': batchSize,
    accumulate,
    'learning-rate': learningRate,
    epochs,
    warmup,
    schedule,
    metric: patience.metric,
    patience: patience.stopAfter,
    plateau: patience.plateauAfter,
    'plateau-factor': patience.plateauFactor,
    loss,
    'class-weights': classWeights,
    'label-smoothing': labelSmoothing,
    'focal-gamma': focalGamma,
    ...(positive === undefined ? {} : { positive }),
    ...(model.test === undefined ? {} : { test: model.test }),
    seed,
  };
}

/** Reads them back to go on with a run; arguments that an older Rowlight did not write have the values that it used. */
export function settingsOf({ arguments: given, seed }: Pick<RunRecord, 'arguments' | 'seed'>): TrainingSettings {
  return {
    batchSize: number(given, 'batch-size'),
    accumulate: number(given, 'accumulate', 1),
    learningRate: number(given, 'learning-rate'),
    epochs: number(given, 'epochs'),
    warmup: number(given, 'warmup'),
    schedule: oneOf(given, 'schedule', SCHEDULES, 'linear'),
    patience: {
      metric: oneOf(given, 'metric', METRICS, 'macro-f1'),
      stopAfter: number(given, 'patience', 0),
      plateauAfter: number(given, 'plateau', 0),
      plateauFactor: number(given, 'plateau-factor', 0.5),
    },
    seed,
  };
}

/** The objective of a run that goes on. */
export function objectiveOf({ arguments: given }: Pick<RunRecord, 'arguments'>): Objective {
  const { positive } = given;
  return {
    loss: oneOf(given, 'loss', LOSSES, DEFAULT_OBJECTIVE.loss),
    classWeights: String(given['class-weights'] ?? DEFAULT_OBJECTIVE.classWeights),
    labelSmoothing: number(given, 'label-smoothing', DEFAULT_OBJECTIVE.labelSmoothing),
    focalGamma: number(given, 'focal-gamma', DEFAULT_OBJECTIVE.focalGamma),
    ...(typeof positive === 'string' ? { positive } : {}),
  };
}

/** What a run that goes on trains. */
export function scopeOf({ arguments: given }: Pick<RunRecord, 'arguments'>): TrainScope {
  const scope = parseScope(String(given.train ?? 'full'));
  if (scope !== undefined) return scope;
  throw new RowlightError(
    'bad-data',
    `run.json: the argument train is ${JSON.stringify(given.train)}; start a new run`,
  );
}

/** The adapters of a run that trains some. */
export function loraOf({ arguments: given }: Pick<RunRecord, 'arguments'>): Lora | undefined {
  if (given.train !== 'lora') return undefined;
  const names = String(given['lora-targets'] ?? DEFAULT_LORA.targets.join(',')).split(',');
  return {
    rank: number(given, 'lora-rank', DEFAULT_LORA.rank),
    alpha: number(given, 'lora-alpha', DEFAULT_LORA.alpha),
    dropout: number(given, 'lora-dropout', DEFAULT_LORA.dropout),
    targets: names.filter((name): name is LoraTarget => name in LORA_TARGETS),
  };
}

function number(given: Arguments, name: string, fallback?: number): number {
  const value = given[name] ?? fallback;
  if (typeof value !== 'number')
    throw new RowlightError('bad-data', `run.json: the argument ${name} is missing; start a new run`);
  return value;
}

function oneOf<Name extends string>(given: Arguments, name: string, names: readonly Name[], fallback: Name): Name {
  const value = given[name] ?? fallback;
  const found = names.find((one) => one === value);
  if (found === undefined)
    throw new RowlightError('bad-data', `run.json: the argument ${name} is ${JSON.stringify(value)}; start a new run`);
  return found;
}
