import type { CorpusProgress } from '../corpus/build-corpus';
import { selectEngine } from '../engine/select';
import { RowlightError } from '../errors';
import type { PretrainingOutcome } from '../runs/pretrain/follow';
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
  const { signal, release } = stopSignal();
  const log = stderrLog(options.verbose);
  try {
    const engine = await selectEngine(engineSettings(options));
    engineNotes(engine).forEach((line) => log.info(line));
    const line = createProgressLine(process.stderr, Date.now);
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
