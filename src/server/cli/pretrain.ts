import type { CorpusProgress } from '../corpus/build-corpus';
import { selectEngine } from '../engine/select';
import type { Clock } from '../env';
import { RowlightError } from '../errors';
import type { PretrainingOutcome } from '../runs/pretrain/outcome';
import { beginPretraining, resumePretraining } from '../runs/pretrain/run';
import { engineNotes } from './engine-notes';
import { engineSettings } from './options';
import { terminalFollower } from './pretrain-follower';
import { readingText } from './pretrain-lines';
import type { PretrainOptions } from './pretrain-options';
import { requestOf } from './pretrain-request';
import { createProgressLine } from './progress-line';
import { stopSignal } from './stop-signal';
import { trainingMemory } from './training-memory';
import { stderrLog, systemClock } from './world';

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
  const { world, release } = await pretrainingWorld(options, version, systemClock);
  try {
    return options.resume === undefined
      ? await beginPretraining(requestOf(data, options), world)
      : await resumePretraining(options.resume, world);
  } finally {
    release();
  }
}

/** What pre-training needs, told on standard error and stopped by Ctrl+C until released. */
export async function pretrainingWorld(options: PretrainOptions, version: string, clock: Clock) {
  const { signal, release } = stopSignal();
  try {
    const log = stderrLog(options.verbose);
    const engine = await selectEngine(engineSettings(options));
    // Weights of pre-training do not stay on a device.
    engineNotes(engine, false).forEach((line) => log.info(line));
    const line = createProgressLine(process.stderr, Date.now);
    const progress = (read: CorpusProgress) => line.show(readingText(read), read.bytes / read.totalBytes);
    const memoryBudget = trainingMemory(engine, options.deviceMemory);
    const world = { engine, clock, log, version, memoryBudget, signal, follower: terminalFollower(line), progress };
    return { world, release };
  } catch (error) {
    release();
    throw error;
  }
}
