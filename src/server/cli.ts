#!/usr/bin/env node
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { version } from '../../package.json';
import { type CrossvalOptions, crossvalCommand, crossvalLines } from './cli/crossval';
import { DTYPES } from './cli/choose-predictor';
import { compareCommand, comparisonLines } from './cli/compare';
import { type SetUpOptions, removeCommand, setUpCommand } from './cli/cuda';
import { doctorCommand } from './cli/doctor';
import { estimateCommand, estimateLines } from './cli/estimate';
import { type EvaluateOptions, evaluateCommand } from './cli/evaluate';
import { type DownloadOptions, downloadCommand } from './cli/download';
import { type EncodeOptions, encodeCommand } from './cli/encode';
import { type ExportOptions, exportCommand } from './cli/export';
import { foldCommand } from './cli/fold';
import { type GridOptions, gridCommand, gridJson, gridLines, variation } from './cli/grid';
import {
  type EngineOptions,
  LORA_NAMES,
  TASKS,
  columnNames,
  delimiter,
  layerList,
  loraTargets,
  numberWithin,
  poolingStrategy,
  portNumber,
  portPair,
  scope,
  wholeNumber,
} from './cli/options';
import { type PredictOptions, predictCommand } from './cli/predict';
import { type PretrainOptions, ROWS, lengthList, pretrainCommand, pretrainingLines } from './cli/pretrain';
import { withRecipe } from './cli/pretrain-recipe';
import { type ImportCommandOptions, importCommand } from './cli/import';
import { recipesHelp } from './cli/recipe';
import { reportLines } from './cli/report';
import { type ServeOptions } from './cli/serve';
import { type TokenizeOptions, tokenizeCommand } from './cli/tokenize';
import { type TrainOptions, trainCommand } from './cli/train';
import { EXPORT_DTYPES, EXPORT_FORMATS } from '../protocol/models';
import { DEVICES, ENGINES } from '../protocol/settings';
import { HEADS } from './model/config';
import { DEFAULT_LORA } from './model/lora';
import { DEFAULT_DELIMITER } from './runs/load-classifier';
import { DEFAULT_POOLING } from './model/pooling';
import { METRICS } from './training/advice';
import { LOSSES } from './training/losses/loss';
import { PAIR_TASKS, UNITS } from './pretraining/settings';
import { SCHEDULES } from './training/schedule';
import { DEFAULT_PORT, ZMQ_PORTS } from './serve/limits';
import { SERVED_DTYPES } from './serve/models';
import { RowlightError } from './errors';

/*
 * rowlight: the command line. Results on standard output, progress and log on standard error; exit code 0, 1 for a failure, 2 for a wrong
 * command line, 130 where the user stopped it.
 */

const program = new Command('rowlight')
  .description('Label and classify short texts with a BERT that trains on your machine.')
  .version(version)
  .showHelpAfterError('(rowlight --help lists the commands)')
  .exitOverride();

const withColumns = (command: Command) =>
  command
    .option('--text-column <name>', 'column of the texts (name, or number in a file without header)')
    .option('--text-b-column <name>', 'column of the second texts, for pairs')
    .option('--label-column <name>', 'column of the labels');

const withEngine = (command: Command) =>
  command
    .option('--threads <n>', 'threads of an operation', wholeNumber(1))
    .addOption(new Option('--engine <name>', 'what computes').choices(ENGINES))
    .addOption(new Option('--device <name>', 'where to compute').choices(DEVICES))
    .option('--json', 'print the result as one JSON object', false)
    .option('--verbose', 'say more on standard error', false);

const choice = (flags: string, text: string, names: readonly string[], fallback: string) =>
  new Option(flags, text).choices(names).default(fallback);

const format = () => new Option('--format <format>', 'what to print').choices(['tsv', 'jsonl']).default('tsv');

/** What a run of training leaves to choose; `crossval` and its folds take the same. */
const withTraining = (command: Command) =>
  withEngine(withColumns(command))
    .option('--recipe <recipe>', 'a recipe file or name (see below); options given here override it')
    .option('--base <model>', 'model to start from: a Hugging Face BERT folder, a run, or zh-mini')
    .option('--max-length <tokens>', 'cut texts to this length', wholeNumber(3))
    .option('--batch-size <rows>', 'rows of a step', wholeNumber(1))
    .option('--accumulate <n>', 'parts of a batch (default: as few as fit the memory)', wholeNumber(1))
    .option('--device-memory <GiB>', "what training may take of a GPU's memory (default: half)", numberWithin(0, 1024))
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
const withTask = (command: Command) =>
  command
    .addOption(choice('--task <name>', 'whether a row has one label or any number', TASKS, 'single-label'))
    .option(
      '--label-delimiter <text>',
      'between the labels of a cell; alone it means none',
      delimiter,
      DEFAULT_DELIMITER,
    )
    .option('--label-columns <names>', 'columns of one label each (a,b,c), 1 or 0, in the place of one', columnNames);

withTask(withTraining(program.command('train [data]')))
  .description('fine-tune a BERT on the labelled rows of a file')
  .option('--dev <file>', 'rows to judge by (default: a sibling dev.*, else 20 % of the rows)')
  .option('--output <folder>', 'run folder to make (default: .rowlight/runs/<time>)')
  .option('--test <file>', 'answer the rows of this file with the best checkpoint: test_results.tsv in the run folder')
  .option('--resume <folder>', 'go on with an interrupted run')
  .option('--estimate', 'measure three steps and say what the run would take; train nothing', false)
  .addHelpText('after', () => recipesHelp())
  .action(async (data: string | undefined, options: TrainOptions, command: Command) => {
    if (options.estimate) print(await estimateCommand(data, options, command), estimateLines, options.json);
    else print(await trainCommand(data, options, version, command), reportLines, options.json);
  });

const training = withTask(withTraining(new Command())).options;

withTask(withTraining(program.command('crossval [data]')))
  .description('train once a fold and judge every labelled row by the model that did not see it')
  .option('--folds <n>', 'how many', wholeNumber(2), 5)
  .option('--stratified', 'give every fold the same share of each label', false)
  .option('--group <column>', 'rows with the same value of this column share a fold')
  .option('--test <file>', 'rows to predict with the mean of all folds')
  .option('--id-column <name>', 'column of the test file that names its rows (default: ID, else their numbers)')
  .option('--output <folder>', 'folder to make (default: .rowlight/runs/<time>)')
  .option('--resume <folder>', 'go on with one that was interrupted; finished folds are kept')
  .addHelpText('after', () => recipesHelp())
  .action(async (data: string | undefined, options: CrossvalOptions, command: Command) => {
    print(await crossvalCommand(data, options, { command, training, version }), crossvalLines, options.json);
  });

withTask(withTraining(program.command('grid [data]')))
  .description('train once for every combination of values and compare the runs')
  .option(
    '--vary <name=values>',
    'an option of train and its values: learning-rate=1e-4,3e-4; may be repeated',
    variation,
    [],
  )
  .option('--dev <file>', 'rows to judge by (default: a sibling dev.*, else 20 % of the rows)')
  .option('--output <folder>', 'folder to make (default: .rowlight/runs/<time>)')
  .option('--resume <folder>', 'go on with one that was interrupted; finished runs are kept')
  .addHelpText('after', () => recipesHelp())
  .action(async (data: string | undefined, options: GridOptions, command: Command) => {
    const ofGrid = ['--vary', '--output', '--resume'];
    const ofRuns = command.options.filter(({ long }) => !ofGrid.includes(long ?? ''));
    const result = await gridCommand(data, options, { command, training: ofRuns, version });
    if (options.json) print(gridJson(result), () => [], true);
    else print(result, gridLines, false);
  });

withTask(withTraining(program.command('fold <folder> <number>', { hidden: true })))
  .description('bring a fold of a cross-validation to its end (crossval starts this)')
  .action((folder: string, number: string, options: TrainOptions, command: Command) =>
    foldCommand(folder, Number(number), options, version, command),
  );

withEngine(withColumns(program.command('evaluate <model> <data>')))
  .description('judge a model on the labelled rows of a file')
  .option('--floor <file>', 'compare with a naive Bayes fitted on the labelled rows of this file')
  .option('--precision <share>', 'find how probable each label must be to be right this often', numberWithin(0, 1))
  .option('--save', 'keep these thresholds with the model, for predict --confident', false)
  .addOption(choice('--dtype <type>', 'what to compute in (see predict)', DTYPES, 'float32'))
  .action(async (model: string, data: string, options: EvaluateOptions) => {
    print(await evaluateCommand(model, data, options), reportLines, options.json);
  });

program
  .command('compare <runs...>')
  .description('compare runs on the rows that judged all of them')
  .option('--json', 'print the result as one JSON object', false)
  .action(async (runs: string[], { json }: { json: boolean }) => {
    print(await compareCommand(runs), comparisonLines, json);
  });

withEngine(withColumns(program.command('predict <model> [file]')))
  .description('label the rows of a file, or the lines of standard input (-)')
  .option('--confident', 'leave rows unlabelled that are below the thresholds kept with the model', false)
  .addOption(
    choice(
      '--dtype <type>',
      'what to compute in: auto is int8, on a GPU float16, where its answers are nearly the same',
      DTYPES,
      'auto',
    ),
  )
  .addOption(format())
  .action(async (model: string, file = '-', options: PredictOptions) => {
    await predictCommand(model, file, options.json ? { ...options, format: 'jsonl' } : options);
  });

/** How texts become vectors. */
const withPooling = (command: Command) =>
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

withPooling(withColumns(program.command('encode <model> [file]')))
  .description('turn the rows of a file, or the lines of standard input (-), into vectors')
  .option('--max-length <tokens>', 'cut texts to this length', wholeNumber(3))
  .option('--normalize', 'vectors of length 1', false)
  .option('--output <file>', 'write to a file instead of standard output')
  .addOption(new Option('--format <format>', 'what to write').choices(['tsv', 'jsonl', 'npy']).default('tsv'))
  .option('--threads <n>', 'threads of an operation', wholeNumber(1))
  .addOption(new Option('--engine <name>', 'what computes').choices(ENGINES))
  .addOption(new Option('--device <name>', 'where to compute').choices(DEVICES))
  .option('--verbose', 'say more on standard error', false)
  .action((model: string, file = '-', options: EncodeOptions) => encodeCommand(model, file, options));

withPooling(program.command('serve <models...>'))
  .description('answer over HTTP: labels and vectors (/docs lists the routes)')
  .option('--port <port>', 'port to listen on; 0 takes a free one', portNumber, DEFAULT_PORT)
  .option('--host <address>', 'address to listen on; others than this machine need a key', '127.0.0.1')
  .option('--api-key-file <file>', 'clients must show the key on the first line of this file')
  .addOption(
    choice(
      '--dtype <type>',
      'what labels are computed in: auto is int8 where predict or the editor found it faithful',
      SERVED_DTYPES,
      'auto',
    ),
  )
  .option('--zmq', "answer bert-as-service's BertClient, too (needs the package zeromq; this machine only)", false)
  .option('--zmq-ports <in,out>', 'its ports, for requests and for answers', portPair, ZMQ_PORTS)
  .option('--threads <n>', 'threads of an operation', wholeNumber(1))
  .addOption(new Option('--engine <name>', 'what computes').choices(ENGINES))
  .addOption(new Option('--device <name>', 'where to compute').choices(DEVICES))
  .option('--verbose', 'say more on standard error', false)
  .action(async (models: string[], options: ServeOptions) => {
    // Its libraries take a while to load.
    const { serveCommand } = await import('./cli/serve');
    await serveCommand(models, options);
  });

program
  .command('export <model> <folder>')
  .description('write a model as a folder of its own for transformers, ONNX Runtime or TensorFlow, adapters merged')
  .addOption(choice('--format <format>', 'what to write', EXPORT_FORMATS, 'hugging-face'))
  .addOption(choice('--dtype <type>', "an ONNX file's weights", EXPORT_DTYPES, 'float32'))
  .option('--json', 'print where it is as one JSON object', false)
  .option('--verbose', 'say more on standard error', false)
  .action(async (model: string, folder: string, { json, ...options }: ExportOptions & { json: boolean }) => {
    const written = await exportCommand(model, folder, options);
    if (json) process.stdout.write(`${JSON.stringify({ folder: written })}\n`);
  });

program
  .command('import <source> [folder]')
  .description(
    'make a folder that every command takes from a BERT of TensorFlow or torch, or from a zip of one; without FOLDER, among the models that the editor offers',
  )
  .option('--labels <file>', "names of a classifier's labels, one a line in the order of their ids")
  .option('--config <file>', 'bert_config.json, where it lies elsewhere')
  .option('--vocab <file>', 'vocab.txt, where it lies elsewhere')
  .addOption(choice('--tokenizer <kind>', 'how it was trained to read texts', ['wordpiece', 'character'], 'wordpiece'))
  .option('--cased', 'upper and lower case are told apart (default: by the vocabulary)')
  .option('--no-cased', 'texts are lower-cased')
  .option('--heads', 'keep the heads of pre-training: masked words, next sentence', false)
  .option('--json', 'print what came of it as one JSON object', false)
  .option('--verbose', 'say more on standard error', false)
  .action(
    async (
      source: string,
      folder: string | undefined,
      { json, ...options }: ImportCommandOptions & { json: boolean },
    ) => {
      const imported = await importCommand(source, folder, options);
      if (json) process.stdout.write(`${JSON.stringify(imported)}\n`);
    },
  );

program
  .command('download <name>')
  .description('bring a BERT from the Hugging Face hub (HF_ENDPOINT names a mirror) into its cache on this machine')
  .option('--revision <name>', 'branch, tag or commit', 'main')
  .option('--offline', 'look only at what is here already', false)
  .option('--json', 'print the result as one JSON object', false)
  .action(async (name: string, { json, ...options }: DownloadOptions & { json: boolean }) => {
    const folder = await downloadCommand(name, options);
    process.stdout.write(`${json ? JSON.stringify({ folder }) : folder}\n`);
  });

withEngine(program.command('pretrain [data...]'))
  .description('learn from texts (files, folders, .gz, a column of tables) what words stand where: a base for train')
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
  .option('--accumulate <n>', 'parts of a batch', wholeNumber(1), 1)
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
  .option('--evaluate-every <steps>', 'steps between two judgements', wholeNumber(1), 500)
  .option('--fill-in <texts...>', 'texts with [MASK] to show filled in', ['今天[MASK][MASK]去打羽毛球'])
  .option('--seed <n>', 'seed of weights, order, masks and dropout', wholeNumber(0), 42)
  .action(async (data: string[], options: PretrainOptions, command: Command) => {
    print(await pretrainCommand(data, await withRecipe(options, command), version), pretrainingLines, options.json);
  });

withColumns(program.command('tokenize <model> [file]'))
  .description('show the tokens a model sees')
  .option('--max-length <tokens>', 'cut texts to this length', wholeNumber(3))
  .option('--verbose', 'say more on standard error', false)
  .addOption(format())
  .action((model: string, file = '-', options: TokenizeOptions) => tokenizeCommand(model, file, options));

withEngine(program.command('doctor'))
  .description('say what runs the models here, and why; set a device up')
  .addOption(new Option('--setup <device>', "fetch a device's libraries into the user's cache").choices(['cuda']))
  .addOption(new Option('--remove <device>', 'remove them again').choices(['cuda']).conflicts('setup'))
  .option('--with-libraries', "with --setup: NVIDIA's libraries too, those that this machine has not", false)
  .option('--from <path>', 'with --setup: a wheel on this machine, or a folder of wheels, in the place of the network')
  .option('--index <address>', 'with --setup: PyPI or a mirror of it (default: PIP_INDEX_URL, else PyPI)')
  .action(async (options: EngineOptions & SetUpOptions & { setup?: 'cuda'; remove?: 'cuda' }) => {
    if (options.setup !== undefined) process.stdout.write(`${await setUpCommand(options)}\n`);
    else if (options.remove !== undefined) process.stdout.write(`${await removeCommand()}\n`);
    else await doctorCommand(options, version);
  });

function print<Result>(result: Result, lines: (result: Result) => string[], json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${lines(result).join('\n')}\n`);
}

// A reader that went away (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

program.parseAsync().then(
  () => undefined,
  (error: unknown) => {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (RowlightError.is(error)) {
      process.stderr.write(`rowlight: ${error.message}\n`);
      process.exitCode = error.reason === 'cancelled' ? 130 : error.reason === 'bad-argument' ? 2 : 1;
    } else {
      // A mistake of ours: the stack helps to mend it.
      process.stderr.write(`rowlight: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = 1;
    }
  },
);
