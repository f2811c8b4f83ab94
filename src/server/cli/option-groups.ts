import { type Command, Option } from 'commander';
import { DEVICES, ENGINES, MAX_DEVICE_MEMORY } from '../../protocol/settings';
import { DEFAULT_POOLING } from '../model/pooling';
import { layerList, numberWithin, poolingStrategy, wholeNumber } from './options';

/*
 * Options that several commands share; what their values mean is in options.ts.
 */

/** An option that takes one of some names. */
export const choice = (flags: string, text: string, names: readonly string[], fallback: string) =>
  new Option(flags, text).choices(names).default(fallback);

/** What rows and their answers are printed as. */
export const format = () => new Option('--format <format>', 'what to print').choices(['tsv', 'jsonl']).default('tsv');

/** Columns that a person names. */
export const withColumns = (command: Command) =>
  command
    .option('--text-column <name>', 'column of the texts (name, or number in a file without header)')
    .option('--text-b-column <name>', 'column of the second texts, for pairs')
    .option('--label-column <name>', 'column of the labels');

/** What computes, where, and how much is told. */
export const withEngine = (command: Command) =>
  command
    .option('--threads <n>', 'threads of an operation', wholeNumber(1))
    .addOption(new Option('--engine <name>', 'what computes').choices(ENGINES))
    .addOption(new Option('--device <name>', 'where to compute').choices(DEVICES))
    .option('--json', 'print the result as one JSON object', false)
    .option('--verbose', 'say more on standard error', false);

/** What training may take of a GPU's memory. */
export const deviceMemory = () =>
  new Option('--device-memory <GiB>', "what training may take of a GPU's memory (default: half)").argParser(
    numberWithin(0, MAX_DEVICE_MEMORY),
  );

/** How texts become vectors. */
export const withPooling = (command: Command) =>
  command
    .option(
      '--pooling <name>',
      'none, cls, sep, mean, max or mean-max (also REDUCE_MEAN, …)',
      poolingStrategy,
      DEFAULT_POOLING.strategy,
    )
    .option(
      '--layers <list>',
      '-1 is the last, 0 the first; several side by side: -1,-2',
      layerList,
      DEFAULT_POOLING.layers,
    );
