import { type Corpus, type CorpusProgress, buildCorpus } from '../../corpus/build-corpus';
import { loadJieba } from '../../corpus/jieba';
import type { TableTexts } from '../../corpus/read-documents';
import { openShards } from '../../corpus/shards';
import { type CorpusFile, corpusFiles } from '../../corpus/sources';
import { RowlightError } from '../../errors';
import type { BertConfig } from '../../model/config';
import type { ModelFolder } from '../../model/model-folder';
import { loadForPretraining } from '../../model/pretrained-folder';
import type { Weights } from '../../model/tensor-map';
import { nodeFiles } from '../../node-files';
import { roomForPredictions } from '../../pretraining/batch';
import { chooseFillIns } from '../../pretraining/choose-fill-ins';
import { planPhases, stepsFor } from '../../pretraining/phases';
import { pretrainingBytes } from '../../pretraining/stepper';
import { createTokenizer } from '../../tokenizer/tokenizer';
import { readTokenizerFiles } from '../../tokenizer/tokenizer-files';
import { fewestParts } from '../../training/parts';
import { createRandom } from '../../training/random';
import { sha256 } from '../run-folder';
import type { PretrainingWorld } from './follow';
import type { PretrainingRecord } from './record';
import { type OtherVocabulary, otherTokenizer } from './vocabulary';

/** Settings that a request may leave to the corpus. */
type Chosen = 'steps' | 'evaluateEvery' | 'fillIn' | 'shiftPositions' | 'accumulate';

/** A run to begin. */
export interface PretrainRequest {
  /** Files and folders of text. */
  readonly data: readonly string[];
  /** Which cells of tables are the texts. */
  readonly texts: TableTexts;
  /** Files and folders with texts whose documents are not learnt from: test sets. */
  readonly leaveOut: readonly string[];
  /** File of the user's own words. */
  readonly dictionary?: string;
  /** The model to start from as it was asked for, and its folder. */
  readonly base: string;
  readonly baseFolder: string;
  /** Whether all weights start anew. */
  readonly fresh: boolean;
  /** Another vocabulary than the base's, of a fresh start alone. */
  readonly vocabulary?: OtherVocabulary;
  /** The run folder to make. */
  readonly output: string;
  /** Where corpora are kept. */
  readonly cache: string;
  /** Share of the documents that judges. */
  readonly heldOut: number;
  /** Passes over the corpus, where `settings.steps` is not given. */
  readonly epochs: number;
  /** Without `steps` as many as the epochs need, without `evaluateEvery` ten judgements or more, without `fillIn` texts of the held-out documents, without `accumulate` as few parts as fit the memory. */
  readonly settings: Omit<PretrainingRecord['settings'], Chosen> & Partial<Pick<PretrainingRecord['settings'], Chosen>>;
}

/** Numbers for new weights, apart from those for masks and orders. */
export const INITIALIZER_STREAM = 0x1717;

/** Most steps between two judgements where nobody said. */
const EVALUATE_EVERY = 500;
/** Texts of the held-out documents that are filled in. */
const OWN_FILL_INS = 3;

/** What is told while texts are read. */
export type ReadingWorld = PretrainingWorld & { readonly progress: (progress: CorpusProgress) => void };

/** The files of a run. */
export interface TextFiles {
  readonly files: readonly CorpusFile[];
  readonly leaveOut: readonly CorpusFile[];
}

/** The files that a request means. Rejects as `corpusFiles` does. */
export async function textsOf({ data, leaveOut, texts }: PretrainRequest): Promise<TextFiles> {
  const files = await corpusFiles(data, texts.textColumn);
  return { files, leaveOut: await corpusFiles(leaveOut, texts.textColumn) };
}

/** The model that a run starts from. Rejects with a `RowlightError`, reason `bad-argument` where the request does not fit it. */
export async function loadBase(
  request: PretrainRequest,
  { files }: TextFiles,
  world: Omit<ReadingWorld, 'follower'>,
): Promise<{ readonly base: ModelFolder; readonly weights: Weights }> {
  const { settings } = request;
  const random = createRandom(settings.seed, INITIALIZER_STREAM);
  if (request.vocabulary !== undefined && !request.fresh) {
    throw new RowlightError(
      'bad-argument',
      'another vocabulary needs new weights: give --fresh, too, or leave the vocabulary to the base',
    );
  }
  const tokenizer =
    request.vocabulary === undefined
      ? undefined
      : await otherTokenizer(request.vocabulary, request.baseFolder, files, request.texts, world);
  const { folder: base, weights } = await loadForPretraining(nodeFiles, request.baseFolder, {
    pairs: settings.pairs !== 'none',
    fresh: request.fresh,
    ...(tokenizer === undefined ? {} : { tokenizer }),
    random: () => random.float(),
  });
  const longest = Math.max(...settings.phases.map(({ length }) => length));
  if (longest > base.config.maxPositions) {
    throw new RowlightError(
      'bad-argument',
      `--lengths ${longest}: ${request.base} reads at most ${base.config.maxPositions} tokens`,
    );
  }
  return { base, weights };
}

/** The corpus of a run, made or found made. */
export async function readCorpus(
  request: PretrainRequest,
  base: ModelFolder,
  { files, leaveOut }: TextFiles,
  world: Omit<ReadingWorld, 'follower'>,
): Promise<Corpus> {
  const { vocabulary, config } = readTokenizerFiles(base.tokenizer, base.folder);
  const { dictionary, texts } = request;
  return buildCorpus(
    {
      files,
      leaveOut,
      tokenizer: createTokenizer(vocabulary, config),
      unkId: vocabulary.unkId,
      segment: await loadJieba(dictionary),
      cache: request.cache,
      settings: {
        rowlight: world.version,
        tokenizer: sha256(JSON.stringify([vocabulary.tokens, config])),
        ...(dictionary === undefined ? {} : { dictionary: sha256(await nodeFiles.read(dictionary)) }),
        ...texts,
        heldOut: request.heldOut,
        seed: request.settings.seed,
      },
    },
    world,
  );
}

/**
 * The settings of a run, with what the request left to the corpus and the memory. In how many parts batches go is decided once, since sums in other
 * parts are rounded otherwise.
 * @param memoryBudget bytes that training sessions may hold together
 */
export async function settingsOf(
  { settings, epochs, fresh }: PretrainRequest,
  { tokenizer, folder, config }: ModelFolder,
  corpus: Corpus,
  memoryBudget: number,
): Promise<PretrainingRecord['settings']> {
  const { shards, heldOut } = corpus.manifest;
  const numbers = shards.reduce((sum, shard) => sum + shard.numbers, 0);
  const longest = Math.max(...settings.phases.map(({ length }) => length));
  const steps = settings.steps ?? stepsFor(epochs, numbers, settings.batchSize, longest);
  const own = async () => {
    const { vocabulary } = readTokenizerFiles(tokenizer, folder);
    return chooseFillIns(await openShards(corpus.folder, [heldOut]).read(0), vocabulary, settings.seed, OWN_FILL_INS);
  };
  return {
    ...settings,
    // A base knows its positions.
    shiftPositions: settings.shiftPositions ?? fresh,
    steps,
    accumulate: settings.accumulate ?? partsThatFit(settings, config, memoryBudget),
    evaluateEvery: settings.evaluateEvery ?? Math.min(EVALUATE_EVERY, Math.ceil(steps / 10)),
    fillIn: settings.fillIn ?? (await own()),
  };
}

/** The fewest parts in which the batches of every length fit the memory. */
function partsThatFit(
  { phases, batchSize, masks }: PretrainRequest['settings'],
  config: BertConfig,
  memoryBudget: number,
): number {
  const parts = planPhases(phases, 1, batchSize).map(({ length, batchSize }) => {
    const bytes = (rows: number) => pretrainingBytes(config, rows, length, roomForPredictions(rows, length, masks));
    return fewestParts(bytes, batchSize, memoryBudget);
  });
  return Math.max(...parts);
}
