#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { version } from '../../package.json';
import { type CrossvalOptions, crossvalCommand, crossvalLines } from './cli/crossval';
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
import { choice, format, withColumns, withEngine, withPooling } from './cli/option-groups';
import { type EngineOptions, numberWithin, portNumber, portPair, wholeNumber } from './cli/options';
import { type PredictOptions, predictCommand } from './cli/predict';
import { pretrainCommand } from './cli/pretrain';
import { pretrainingLines } from './cli/pretrain-lines';
import { type PretrainOptions, withPretraining } from './cli/pretrain-options';
import { pretrainEstimateCommand, pretrainEstimateLines } from './cli/pretrain-estimate';
import { withRecipe } from './cli/pretrain-recipe';
import { type ImportCommandOptions, importCommand } from './cli/import';
import { recipesHelp } from './cli/recipe';
import { reportLines } from './cli/report';
import { type ServeOptions } from './cli/serve';
import { type TokenizeOptions, tokenizeCommand } from './cli/tokenize';
import { type TrainOptions, trainCommand } from './cli/train';
import { withTask, withTraining } from './cli/train-options';
import { EXPORT_DTYPES, EXPORT_FORMATS } from '../protocol/models';
import { DTYPES } from './engine/faster-dtype';
import { DEVICES, ENGINES } from '../protocol/settings';
import { DEFAULT_PORT, ZMQ_PORTS } from './serve/limits';
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
      'what labels are computed in: auto is int8, on a GPU float16, where predict or the editor found it faithful',
      DTYPES,
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

withPretraining(program.command('pretrain [data...]'))
  .description('learn from texts (files, folders, .gz, a column of tables) what words stand where: a base for train')
  .action(async (data: string[], options: PretrainOptions, command: Command) => {
    const whole = await withRecipe(options, command);
    if (whole.estimate) print(await pretrainEstimateCommand(data, whole, version), pretrainEstimateLines, options.json);
    else print(await pretrainCommand(data, whole, version), pretrainingLines, options.json);
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
