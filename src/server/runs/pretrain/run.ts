import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { type CorpusProgress, buildCorpus } from '../../corpus/build-corpus';
import { loadJieba } from '../../corpus/jieba';
import type { TableTexts } from '../../corpus/read-documents';
import { corpusFiles } from '../../corpus/sources';
import { RowlightError } from '../../errors';
import { loadForPretraining } from '../../model/pretrained-folder';
import type { Weight, Weights } from '../../model/tensor-map';
import { nodeFiles, rethrow } from '../../node-files';
import { stepsFor } from '../../pretraining/phases';
import { createTokenizer } from '../../tokenizer/tokenizer';
import { readTokenizerFiles } from '../../tokenizer/tokenizer-files';
import type { Moments } from '../../training/adamw';
import { createRandom } from '../../training/random';
import { cleanRun, lastCheckpoint } from '../checkpoints';
import { bytesForRun, ensureDiskSpace } from '../disk';
import { describeGit, describeMachine } from '../lineage';
import { whileLocked } from '../lock';
import { newRunId, sha256 } from '../run-folder';
import { isRunFolder } from '../stages-record';
import { loadTrainingState } from '../training-state';
import { openCorpus, recordCorpus } from './corpus-record';
import { type PretrainingOutcome, type PretrainingWorld, followPretraining } from './follow';
import { type OtherVocabulary, otherTokenizer } from './vocabulary';
import {
  PRETRAINING_FILE,
  type PretrainingRecord,
  readPretraining,
  type settingsSchema,
  writePretraining,
} from './record';

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
  readonly settings: Omit<z.infer<typeof settingsSchema>, 'steps'> & { readonly steps?: number };
}

/** Numbers for new weights, apart from those for masks and orders. */
const INITIALIZER_STREAM = 0x1717;

/** Reads the corpus and pre-trains into a new run folder. Rejects with a `RowlightError`; reason `cancelled` where the signal asked to stop. */
export async function beginPretraining(
  request: PretrainRequest,
  world: PretrainingWorld & { readonly progress: (progress: CorpusProgress) => void },
): Promise<PretrainingOutcome> {
  const { output, settings } = request;
  const files = await corpusFiles(request.data, request.texts.textColumn);
  const leaveOut = await corpusFiles(request.leaveOut, request.texts.textColumn);
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
  await mkdir(output, { recursive: true }).catch((error: unknown) => rethrow(error, output));
  return whileLocked(output, async () => {
    if ((await isRunFolder(output)) || (await nodeFiles.exists(join(output, PRETRAINING_FILE)))) {
      throw new RowlightError(
        'bad-argument',
        `${output}: holds a run already; give another folder, or go on with it: rowlight pretrain --resume ${output}`,
      );
    }
    await ensureDiskSpace(output, bytesForRun([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)));
    const { vocabulary, config } = readTokenizerFiles(base.tokenizer, base.folder);
    const { dictionary } = request;
    const corpus = await buildCorpus(
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
          ...request.texts,
          heldOut: request.heldOut,
          seed: settings.seed,
        },
      },
      world,
    );
    const numbers = corpus.manifest.shards.reduce((sum, shard) => sum + shard.numbers, 0);
    const steps = settings.steps ?? stepsFor(request.epochs, numbers, settings.batchSize, longest);
    const record: PretrainingRecord = {
      format: 1,
      id: newRunId(world.clock),
      createdAt: new Date(world.clock.now()).toISOString(),
      rowlight: world.version,
      base: request.base,
      fresh: request.fresh,
      settings: { ...settings, steps },
      data: [...request.data],
      corpus: await recordCorpus(corpus),
      git: await describeGit(files[0]!.path),
      attempts: [],
    };
    const begun = await beginAttempt(output, record, world);
    return followPretraining({ folder: output, ...begun, corpus, base, weights }, world);
  });
}

/** Goes on with a run that was broken off, from its last checkpoint; it ends as it would have. */
export async function resumePretraining(folder: string, world: PretrainingWorld): Promise<PretrainingOutcome> {
  await readPretraining(folder);
  return whileLocked(folder, async () => {
    const record = await readPretraining(folder);
    await cleanRun(folder);
    const checkpoint = await lastCheckpoint(folder);
    const { step, means, squares, raw, counters = {} } = await loadTrainingState(nodeFiles, checkpoint);
    const corpus = await openCorpus(record.corpus);
    // Nothing of the checkpoint is made anew: it has every weight.
    const found = await loadForPretraining(nodeFiles, checkpoint, {
      pairs: record.settings.pairs !== 'none',
      fresh: false,
      random: () => 0,
    });
    const stated = (weights: Weights, name: string): Weight => {
      const weight = weights.get(name);
      if (weight === undefined)
        throw new RowlightError('bad-model', `${checkpoint}: its training state lacks ${name}; start a new run`);
      return weight;
    };
    const names = [...found.weights.keys()];
    const moments = new Map(
      names.map((name): [string, Moments] => [
        name,
        { first: stated(means, name).data, second: stated(squares, name).data },
      ]),
    );
    const begun = await beginAttempt(folder, record, world, step);
    // With an average the checkpoint holds that, and the state the weights.
    // In the order of the first start, since the norm of the gradients is a sum over them.
    const weights = raw ? new Map(names.map((name) => [name, stated(raw, name)])) : found.weights;
    const from = { step, moments, counters, ...(raw === undefined ? {} : { average: found.weights }) };
    return followPretraining({ folder, ...begun, corpus, base: found.folder, weights, from }, world);
  });
}

async function beginAttempt(
  folder: string,
  record: PretrainingRecord,
  { clock, engine, version }: PretrainingWorld,
  resumedFrom?: number,
): Promise<{ record: PretrainingRecord; attempt: number }> {
  const attempt = (record.attempts.at(-1)?.attempt ?? 0) + 1;
  const begun = {
    attempt,
    startedAt: new Date(clock.now()).toISOString(),
    pid: process.pid,
    machine: describeMachine(engine, version),
    ...(resumedFrom === undefined ? {} : { resumedFrom }),
  };
  const grown = { ...record, attempts: [...record.attempts, begun] };
  await writePretraining(folder, grown);
  return { record: grown, attempt };
}
