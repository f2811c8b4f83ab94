import type { Command } from 'commander';
import { HEADS } from '../model/config';
import { DEFAULT_LORA } from '../model/lora';
import { DEFAULT_DELIMITER } from '../runs/load-classifier';
import { METRICS } from '../training/advice';
import { LOSSES } from '../training/losses/loss';
import { SCHEDULES } from '../training/schedule';
import { choice, deviceMemory, withColumns, withEngine } from './option-groups';
import { LORA_NAMES, TASKS, columnNames, delimiter, loraTargets, numberWithin, scope, wholeNumber } from './options';

/** What a run of training leaves to choose; `crossval` and its folds take the same. */
export const withTraining = (command: Command) =>
  withEngine(withColumns(command))
    .option('--recipe <recipe>', 'a recipe file or name (see below); options given here override it')
    .option('--base <model>', 'model to start from: a Hugging Face BERT folder, a run, or zh-mini')
    .option('--max-length <tokens>', 'cut texts to this length', wholeNumber(3))
    .option('--batch-size <rows>', 'rows of a step', wholeNumber(1))
    .option('--accumulate <n>', 'parts of a batch (default: as few as fit the memory)', wholeNumber(1))
    .addOption(deviceMemory())
    .option('--learning-rate <rate>', 'highest learning rate', numberWithin(0, 1))
    .option('--epochs <n>', 'passes over the rows', wholeNumber(1))
    .option('--warmup <share>', 'share of the steps that warms up', numberWithin(0, 1, true), 0.1)
    .addOption(choice('--schedule <name>', 'how the rate falls after warm-up', SCHEDULES, 'linear'))
    .addOption(choice('--head <name>', "how a text is summed up: cls is BERT's own", HEADS, 'cls'))
    .option('--train <part>', 'what is trained: full, head, last-N layers with it, or lora (adapters)', scope, 'full')
    .option('--lora-rank <n>', 'rank of the adapters', wholeNumber(1), DEFAULT_LORA.rank)
    .option('--lora-alpha <n>', 'adapters count alpha / rank', numberWithin(0, 10_000), DEFAULT_LORA.alpha)
    .option('--lora-dropout <share>', 'share of what adapters read that is dropped', numberWithin(0, 0.5, true), 0)
    .option('--lora-targets <layers>', `which have one: ${LORA_NAMES.join(', ')}`, loraTargets, DEFAULT_LORA.targets)
    .addOption(choice('--loss <name>', 'what is made small', LOSSES, 'cross-entropy'))
    .option('--class-weights <weights>', 'none, balanced, or LABEL=WEIGHT,…', 'none')
    .option('--label-smoothing <share>', 'share of the truth spread over all labels', numberWithin(0, 0.9, true), 0)
    .option('--focal-gamma <gamma>', 'how much the focal loss plays easy rows down', numberWithin(0, 10, true), 2)
    .option('--positive <label>', 'the positive label of a binary task')
    .addOption(choice('--metric <name>', 'what chooses the best checkpoint', METRICS, 'macro-f1'))
    .option('--patience <n>', 'stop after this many evaluations without a better one; 0: never', wholeNumber(0), 0)
    .option('--plateau <n>', 'lower the rate after this many; 0: never', wholeNumber(0), 0)
    .option('--plateau-factor <factor>', 'what it is multiplied with then', numberWithin(0, 1), 0.5)
    .option('--seed <n>', 'seed of shuffles, dropout, new weights and the split', wholeNumber(0), 42);

/** Whether rows have one label or several, and how the file writes them. */
export const withTask = (command: Command) =>
  command
    .addOption(choice('--task <name>', 'whether a row has one label or any number', TASKS, 'single-label'))
    .option(
      '--label-delimiter <text>',
      'between the labels of a cell; alone it means none',
      delimiter,
      DEFAULT_DELIMITER,
    )
    .option('--label-columns <names>', 'columns of one label each (a,b,c), 1 or 0, in the place of one', columnNames);
