import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type MaskUnit, PAIR_TASKS, type PairTask, type Phase, UNITS } from '../pretraining/settings';
import { SCHEDULES, type ScheduleName } from '../training/schedule';
import { choice, deviceMemory, withEngine } from './option-groups';
import { type EngineOptions, numberWithin, wholeNumber } from './options';

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
  readonly estimate: boolean;
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
  readonly accumulate?: number;
  /** GiB of a GPU's memory. */
  readonly deviceMemory?: number;
  readonly learningRate: number;
  readonly epochs: number;
  readonly steps?: number;
  readonly warmup: number;
  readonly schedule: ScheduleName;
  readonly average: number;
  readonly heldOut: number;
  readonly evaluateEvery?: number;
  readonly fillIn?: readonly string[];
  readonly seed: number;
}

/** Adds them to a command. */
export const withPretraining = (command: Command) =>
  withEngine(command)
    .addOption(new Option('--recipe <recipe>', 'a recipe file, or zh-mini: the bundled model anew').conflicts('resume'))
    .option('--base <model>', 'model to start from: a Hugging Face BERT folder, a run, or zh-mini')
    .option('--fresh', 'start all weights anew; the base gives shape and vocabulary', false)
    .addOption(
      new Option('--vocabulary <file>', "with --fresh: a vocab.txt in the place of the base's").conflicts(
        'learnVocabulary',
      ),
    )
    .option('--learn-vocabulary <n>', 'with --fresh: learn so many entries from the texts', wholeNumber(6))
    .option('--output <dir>', 'run folder to make')
    .option('--resume <dir>', 'go on with an interrupted run')
    .addOption(
      new Option('--estimate', 'read the texts, measure some steps and say what the run would take; begin nothing')
        .default(false)
        .conflicts('resume'),
    )
    .option('--text-column <name>', 'column of the texts in tables (name, or number in a file without header)')
    .addOption(choice('--rows <which>', 'rows of tables to learn from: all, or those without a label', ROWS, 'all'))
    .option('--label-column <name>', 'with --rows unlabelled: column of the labels (else the one whose name tells)')
    .option('--leave-out <files...>', 'texts whose documents are not learnt from: test sets, in the same columns')
    .option('--dictionary <file>', 'words of your own: word [frequency] a line')
    .option('--cache <dir>', 'where prepared corpora are kept', join('.rowlight', 'corpora'))
    .addOption(choice('--mask <unit>', 'what is masked as one: whole words, or single tokens', UNITS, 'word'))
    .option('--mask-share <share>', 'share of the tokens that is masked', numberWithin(0, 0.9), 0.15)
    .addOption(choice('--pairs <task>', 'learn beside: next sentence (nsp), sentence order (sop)', PAIR_TASKS, 'none'))
    .addOption(
      new Option('--lengths <list>', 'tokens of a sequence; several with shares of the steps: 64:0.3,128:0.7')
        .argParser(lengthList)
        .default([{ length: 128, share: 1 }], '128'),
    )
    .option('--batch-size <sequences>', 'sequences of a step, at the greatest length', wholeNumber(1), 32)
    .option('--accumulate <n>', 'parts of a batch (default: as few as fit the memory)', wholeNumber(1))
    .addOption(deviceMemory())
    .option('--learning-rate <rate>', 'highest learning rate', numberWithin(0, 1), 1e-4)
    .option('--epochs <n>', 'passes over the texts', numberWithin(0, 10_000), 1)
    .option('--steps <n>', 'steps, in the place of epochs', wholeNumber(1))
    .option('--warmup <share>', 'share of the steps that warms up', numberWithin(0, 1, true), 0.1)
    .addOption(choice('--schedule <name>', 'how the rate falls after warm-up', SCHEDULES, 'linear'))
    .option(
      '--average <decay>',
      'save an average of the weights of this decay, such as 0.999; 0: none',
      numberWithin(0, 1, true),
      0,
    )
    .option('--held-out <share>', 'share of the documents to judge by', numberWithin(0, 0.5, true), 0.01)
    .option(
      '--evaluate-every <steps>',
      'steps between two judgements (default: 500, or a tenth of a shorter run)',
      wholeNumber(1),
    )
    .option('--fill-in <texts...>', 'texts with [MASK] to show filled in (default: three of the held-out documents)')
    .option('--seed <n>', 'seed of weights, order, masks and dropout', wholeNumber(0), 42);

/** Parses lengths of sequences with the shares of the steps that they get, for commander: `64:0.3,128:0.7`, or one length. */
function lengthList(text: string): readonly Phase[] {
  const phases = text.split(',').map((part): Phase => {
    const [, length, share] = /^(\d{1,5})(?::(\d*\.?\d+))?$/.exec(part.trim()) ?? [];
    return { length: Number(length), share: Number(share ?? 1) };
  });
  if (phases.some(({ length, share }) => !(length >= 8) || !(share > 0)))
    throw new InvalidArgumentError('It must be lengths of 8 or more with shares: 64:0.3,128:0.7.');
  return phases;
}
