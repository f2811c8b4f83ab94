import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CorpusProgress } from '../../corpus/build-corpus';
import { RowlightError } from '../../errors';
import type { ModelFolder } from '../../model/model-folder';
import { loadForPretraining } from '../../model/pretrained-folder';
import type { Weight, Weights } from '../../model/tensor-map';
import { nodeFiles, rethrow } from '../../node-files';
import type { Moments } from '../../training/adamw';
import { cleanRun, lastCheckpoint } from '../checkpoints';
import { whileDeviceLasts } from '../device-loss';
import { bytesForRun, ensureDiskSpace } from '../disk';
import { describeGit } from '../lineage';
import { whileLocked } from '../lock';
import { newRunId } from '../run-folder';
import { isRunFolder } from '../stages-record';
import { loadTrainingState } from '../training-state';
import { requireBegun } from './marker';
import { openCorpus, recordCorpus } from './corpus-record';
import { type PretrainingWorld, followPretraining } from './follow';
import type { PretrainingOutcome } from './outcome';
import {
  type PretrainRequest,
  type ReadingWorld,
  type TextFiles,
  loadBase,
  readCorpus,
  settingsOf,
  textsOf,
} from './prepare';
import { reportReading } from './reading';
import { PRETRAINING_FILE, type PretrainingRecord, beginAttempt, readPretraining } from './record';

/** Reads the corpus and pre-trains into a new run folder. Rejects with a `RowlightError`; reason `cancelled` where the signal asked to stop. */
export async function beginPretraining(request: PretrainRequest, world: ReadingWorld): Promise<PretrainingOutcome> {
  const { output } = request;
  const texts = await textsOf(request);
  const { base, weights } = await loadBase(request, texts, world);
  await mkdir(output, { recursive: true }).catch((error: unknown) => rethrow(error, output));
  return whileLocked(output, async () => {
    if ((await isRunFolder(output)) || (await nodeFiles.exists(join(output, PRETRAINING_FILE)))) {
      throw new RowlightError(
        'bad-argument',
        `${output}: holds a run already; give another folder, or go on with it: rowlight pretrain --resume ${output}`,
      );
    }
    await ensureDiskSpace(output, bytesForRun([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)));
    const begun = await readAndRecord(request, base, texts, world);
    return whileDeviceLasts<PretrainingWorld, PretrainingOutcome>(
      world,
      (first) => followPretraining({ folder: output, base, weights, ...begun }, first),
      (onCpu) => goOn(output, onCpu),
    );
  });
}

/** Reads the corpus of a new run and writes the run's record; until that is there, the folder tells how far the reading is. */
async function readAndRecord(request: PretrainRequest, base: ModelFolder, texts: TextFiles, world: ReadingWorld) {
  const about = { data: [...request.data], base: request.base, fresh: request.fresh };
  const reading = await reportReading(request.output, about, world.clock);
  const progress = (done: CorpusProgress) => {
    world.progress(done);
    reading.progress(done);
  };
  try {
    const corpus = await readCorpus(request, base, texts, { ...world, progress });
    const record: PretrainingRecord = {
      format: 1,
      id: newRunId(world.clock),
      createdAt: new Date(world.clock.now()).toISOString(),
      rowlight: world.version,
      ...about,
      settings: await settingsOf(request, base, corpus, world.memoryBudget),
      corpus: await recordCorpus(corpus),
      git: await describeGit(texts.files[0]!.path),
      attempts: [],
    };
    return { corpus, ...(await beginAttempt(request.output, record, world)) };
  } finally {
    await reading.end();
  }
}

/** Goes on with a run that was broken off, from its last checkpoint; it ends as it would have. */
export async function resumePretraining(folder: string, world: PretrainingWorld): Promise<PretrainingOutcome> {
  await requireBegun(folder);
  await readPretraining(folder);
  return whileLocked(folder, () =>
    whileDeviceLasts(
      world,
      (first) => goOn(folder, first),
      (onCpu) => goOn(folder, onCpu),
    ),
  );
}

/** Goes on with a run whose lock the caller holds. */
async function goOn(folder: string, world: PretrainingWorld): Promise<PretrainingOutcome> {
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
}
