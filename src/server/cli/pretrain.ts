import { engineNotes } from './engine-notes';
import { trainingMemory } from './training-memory';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Corpus, CorpusProgress } from '../corpus/build-corpus';
import type { TableTexts } from '../corpus/read-documents';
import { selectEngine } from '../engine/select';
import { RowlightError } from '../errors';
import { JUNK_REASONS } from '../pretraining/clean-line';
import type { Filling } from '../pretraining/fill-masks';
import type { MaskUnit, PairTask, Phase } from '../pretraining/settings';
import type { PretrainingFollower, PretrainingOutcome, ReadyPretraining } from '../runs/pretrain/follow';
import type { PretrainRequest } from '../runs/pretrain/prepare';
import { beginPretraining, resumePretraining } from '../runs/pretrain/run';
import { newRunId } from '../runs/run-folder';
import type { ScheduleName } from '../training/schedule';
import { type EngineOptions, engineSettings } from './options';
import { barBefore, duration } from './progress-bar';
import { percent } from './report';
import { stopSignal } from './stop-signal';
import { EMBEDDED_MODEL, modelPath, stderrLog, systemClock } from './world';

/** Which rows of tables are learnt from: all, or those without a label. */
export const ROWS = ['all', 'unlabelled'] as const;

/** Options of `rowlight pretrain`, as the command line names them. */
export interface PretrainOptions extends EngineOptions {
  readonly recipe?: string;
  readonly base?: string;
  readonly fresh: boolean;
  readonly vocabulary?: string;
  readonly learnVocabulary?: number;
  readonly output?: string;
  readonly resume?: string;
  readonly textColumn?: string;
  readonly rows: (typeof ROWS)[number];
  readonly labelColumn?: string;
  readonly leaveOut?: readonly string[];
  readonly dictionary?: string;
  readonly cache: string;
  readonly mask: MaskUnit;
  readonly maskShare: number;
  readonly pairs: PairTask;
  readonly lengths: readonly Phase[];
  readonly batchSize: number;
  readonly accumulate: number;
  readonly learningRate: number;
  readonly epochs: number;
  readonly steps?: number;
  readonly warmup: number;
  readonly schedule: ScheduleName;
  readonly average: number;
  readonly heldOut: number;
  readonly evaluateEvery: number;
  readonly fillIn: readonly string[];
  readonly seed: number;
}

/** Parses lengths of sequences with the shares of the steps that they get, for commander: `64:0.3,128:0.7`, or one length. */
export function lengthList(text: string): readonly Phase[] {
  const phases = text.split(',').map((part): Phase => {
    const [, length, share] = /^(\d{1,5})(?::(\d*\.?\d+))?$/.exec(part.trim()) ?? [];
    return { length: Number(length), share: Number(share ?? 1) };
  });
  if (phases.some(({ length, share }) => !(length >= 8) || !(share > 0)))
    throw new InvalidArgumentError('It must be lengths of 8 or more with shares: 64:0.3,128:0.7.');
  return phases;
}

/** As the reference implementation of BERT: at most so many tokens of a sequence are predicted. */
const MOST_PREDICTIONS = 80;

/** `rowlight pretrain DATA…`: learns from texts what words stand where; the model that comes of it is a base to fine-tune. */
export async function pretrainCommand(
  data: readonly string[],
  options: PretrainOptions,
  version: string,
): Promise<PretrainingOutcome> {
  if (data.length === 0 && options.resume === undefined) {
    throw new RowlightError(
      'bad-argument',
      'pretrain needs texts: rowlight pretrain FILE_OR_FOLDER…, or --resume DIR to go on with a run',
    );
  }
  const { signal, release } = stopSignal();
  const log = stderrLog(options.verbose);
  try {
    const engine = await selectEngine(engineSettings(options));
    engineNotes(engine).forEach((line) => log.info(line));
    const line = createLine();
    const world = {
      engine,
      clock: systemClock,
      version,
      memoryBudget: trainingMemory(engine),
      signal,
      follower: terminalFollower(line),
      progress: (progress: CorpusProgress) => line.show(readingText(progress), progress.bytes / progress.totalBytes),
    };
    return options.resume === undefined
      ? await beginPretraining(requestOf(data, options), world)
      : await resumePretraining(options.resume, world);
  } finally {
    release();
  }
}

/** The result as lines for people. */
export function pretrainingLines({ folder, steps, scores, wholeWords }: PretrainingOutcome): string[] {
  return [
    `run                  ${folder}`,
    `steps                ${steps}`,
    ...(scores === undefined
      ? []
      : [
          `masked accuracy      ${percent(scores.accuracy)}`,
          `masked loss          ${scores.loss.toFixed(4)}`,
          `perplexity           ${Math.exp(scores.loss).toFixed(2)}`,
        ]),
    `masked as a whole    ${percent(wholeWords)} of the masked words`,
  ];
}

function requestOf(data: readonly string[], options: PretrainOptions): PretrainRequest {
  const base = options.base ?? EMBEDDED_MODEL;
  const { seed, pairs, batchSize, accumulate, learningRate, warmup, schedule, average, evaluateEvery, steps } = options;
  return {
    data,
    texts: tableTexts(options),
    leaveOut: options.leaveOut ?? [],
    ...(options.dictionary === undefined ? {} : { dictionary: options.dictionary }),
    base,
    baseFolder: modelPath(base),
    fresh: options.fresh,
    ...(options.vocabulary === undefined ? {} : { vocabulary: { file: options.vocabulary } }),
    ...(options.learnVocabulary === undefined ? {} : { vocabulary: { size: options.learnVocabulary } }),
    output: options.output ?? join('.rowlight', 'pretraining', newRunId(systemClock)),
    cache: options.cache,
    heldOut: options.heldOut,
    epochs: options.epochs,
    settings: {
      seed,
      masks: { unit: options.mask, share: options.maskShare, most: MOST_PREDICTIONS },
      pairs,
      phases: [...options.lengths],
      batchSize,
      accumulate,
      learningRate,
      warmup,
      schedule,
      average,
      evaluateEvery,
      fillIn: [...options.fillIn],
      ...(steps === undefined ? {} : { steps }),
    },
  };
}

function tableTexts({ textColumn, rows, labelColumn }: PretrainOptions): TableTexts {
  return {
    ...(textColumn === undefined ? {} : { textColumn }),
    ...(rows === 'all' ? {} : { rows }),
    ...(rows === 'all' || labelColumn === undefined ? {} : { labelColumn }),
  };
}

function terminalFollower(line: Line): PretrainingFollower {
  return {
    started: (run, sequences) => describe(run, sequences).forEach((text) => line.print(text)),
    estimated({ measured, seconds, peakMemory }) {
      const memory = `${Math.ceil(peakMemory / 1e6)} MB`;
      line.print(`estimate  about ${duration(seconds)} and ${memory} of memory (${measured} steps measured)`);
    },
    stepped({ step, masked, pair, learningRate }, { tokensPerSecond, secondsLeft }, total) {
      const pairs = pair === undefined ? '' : `  pairs ${pair.toFixed(3)}`;
      line.show(
        `step ${step}/${total}  loss ${masked.toFixed(3)}${pairs}  rate ${learningRate.toExponential(1)}  ${Math.round(tokensPerSecond)} tokens/s  ${duration(secondsLeft)} left`,
        step / total,
      );
    },
    judged(step, scores, filled) {
      if (scores !== undefined) {
        line.print(
          `step ${step}: masked accuracy ${percent(scores.accuracy)}, loss ${scores.loss.toFixed(4)}, perplexity ${Math.exp(scores.loss).toFixed(2)}`,
        );
      }
      for (const { text, fillings } of filled) line.print(`  ${filledText(text, fillings)}`);
    },
  };
}

/** A text with its masks filled in, and what else may stand there: `今天我们去打羽毛球  (我 41% 他 20%) (们 90%)`. */
export function filledText(text: string, fillings: readonly Filling[]): string {
  let place = 0;
  const whole = text.replaceAll('[MASK]', () => fillings[place++]?.[0]?.token.replace(/^##/, '') ?? '[MASK]');
  const others = fillings.map(
    (filling) => `(${filling.map(({ token, probability }) => `${token} ${Math.round(100 * probability)}%`).join(' ')})`,
  );
  return [whole, ...others].join('  ');
}

function describe({ folder, record, corpus, base, from }: ReadyPretraining, sequences: number): string[] {
  const { settings } = record;
  const lengths = settings.phases.map(({ length, share }) => `${length}:${share}`).join(',');
  return [
    ...corpusLines(corpus),
    `base      ${record.base}${record.fresh ? ' (its shape and vocabulary; all weights start anew)' : ''}`,
    `vocabulary ${base.config.vocabSize} entries`,
    `settings  mask ${settings.masks.unit}, pairs ${settings.pairs}, lengths ${lengths}, batch-size ${settings.batchSize}${settings.accumulate > 1 ? ` in ${settings.accumulate} parts` : ''}, learning-rate ${settings.learningRate}, seed ${settings.seed}`,
    `run       ${folder}${from === undefined ? '' : `, resumed from step ${from.step}`}: ${settings.steps} steps; an epoch has ${sequences} sequences`,
  ];
}

function corpusLines({ folder, manifest }: Corpus): string[] {
  const { counts, heldOut, shards, sources } = manifest;
  const documents = shards.reduce((sum, shard) => sum + shard.documents, 0);
  const junk = JUNK_REASONS.filter((reason) => (counts.junk[reason] ?? 0) > 0).map(
    (reason) => `${counts.junk[reason]} ${reason}`,
  );
  return [
    `corpus    ${folder}: ${sources.length} files, ${counts.tokens} tokens (${percent(counts.unknown / Math.max(1, counts.tokens))} unknown) in ${shards.length} shards`,
    `documents ${documents} to learn from, ${heldOut.documents} held out; left out: ${counts.leftOut > 0 ? `${counts.leftOut} that --leave-out names, ` : ''}${counts.nearDuplicates} near-duplicates, lines: ${junk.join(', ') || 'none'}`,
    ...(heldOut.documents === 0 ? ['          nothing is held out to judge by'] : []),
  ];
}

function readingText({ doing, bytes, totalBytes, documents, bytesPerSecond, secondsLeft }: CorpusProgress): string {
  const mega = (count: number) => (count / 1e6).toFixed(1);
  const what = {
    counting: 'counting words',
    hashing: 'looking at the files',
    reading: `reading, ${documents} documents`,
  }[doing];
  return `${what}  ${mega(bytes)}/${mega(totalBytes)} MB  ${mega(bytesPerSecond)} MB/s  ${duration(secondsLeft)} left`;
}

/** A line on standard error that is written over; every ten seconds a plain one where there is no terminal. */
interface Line {
  show(text: string, share: number): void;
  print(text: string): void;
}

function createLine(): Line {
  const { stderr } = process;
  let [shown, last] = [false, Date.now()];
  return {
    show(text, share) {
      if (stderr.isTTY) {
        stderr.write(`\r\x1b[2K${barBefore(text, share, stderr.columns)}`);
        shown = true;
      } else if (Date.now() - last >= 10_000) {
        stderr.write(`${text}\n`);
        last = Date.now();
      }
    },
    print(text) {
      stderr.write(`${shown ? '\r\x1b[2K' : ''}${text}\n`);
      shown = false;
    },
  };
}
