import { basename } from 'node:path';
import type { MaskedScores, PretrainingProgress } from '../../../protocol/pretraining';
import type { MetricsLine } from '../../../protocol/runs';
import type { CheckpointPointers } from '../../model/checkpoint-pointers';
import { secondsOf, stateOf } from '../list';
import type { ReadingRecord } from './reading';
import type { PretrainingRecord } from './record';

/** What is known of every run folder. */
interface Place {
  readonly folder: string;
  /** The process that holds the run's lock. */
  readonly pid: number | undefined;
  /** The name that the user gave it. */
  readonly name: string | undefined;
}

/** What the files of a run say, once they are read. */
export interface PretrainingFacts extends Place {
  readonly record: PretrainingRecord;
  /** The lines that hold (`latestAttempt`); of the steps the last one is enough. */
  readonly lines: readonly MetricsLine[];
  readonly pointers: CheckpointPointers | undefined;
}

/** The step of a run's best checkpoint; undefined before the first checkpoint. */
export function bestStep(pointers: CheckpointPointers | undefined): number | undefined {
  return pointers && Number(pointers.best.split('-')[1]);
}

/** How a run stands whose files were read. */
export function progressOf({ folder, pid, name, record, lines, pointers }: PretrainingFacts): PretrainingProgress {
  const started = lines.findLast((line) => line.event === 'started');
  const failed = lines.findLast((line) => line.event === 'failed');
  const step = lines.findLast((line) => line.event === 'step');
  const scores = scoresOf(lines.findLast(isJudgementOf(bestStep(pointers))));
  const before = scoresOf(lines.find(isJudgementOf(0)));
  const seconds = secondsOf(lines);
  const state = stateOf(lines.at(-1)?.event, pid !== undefined);
  return {
    ...known({ folder, pid, name }),
    state,
    createdAt: record.createdAt,
    ...(seconds === undefined ? {} : { seconds }),
    data: record.data,
    base: record.base,
    fresh: record.fresh,
    step: lines.at(-1)?.step ?? 0,
    totalSteps: started?.totalSteps ?? record.settings.steps,
    usable: pointers !== undefined,
    ...(scores ? { scores } : {}),
    ...(before ? { before } : {}),
    ...(step === undefined || !Number.isFinite(step.loss) ? {} : { loss: step.loss }),
    ...(state === 'running' && step && step.attempt === started?.attempt
      ? { tokensPerSecond: step.examplesPerSecond, secondsLeft: step.secondsLeft }
      : {}),
    ...(failed ? { message: failed.message } : {}),
  };
}

type MaskedLine = Extract<MetricsLine, { event: 'masked' }>;

const isJudgementOf =
  (step: number | undefined) =>
  (line: MetricsLine): line is MaskedLine =>
    line.event === 'masked' && line.step === step;

/** Undefined where nothing was judged, or the loss was no number. */
function scoresOf(line: MaskedLine | undefined): MaskedScores | undefined {
  return line && Number.isFinite(line.loss) ? { accuracy: line.accuracy, loss: line.loss } : undefined;
}

/** How a run stands whose corpus is being read, or was when its process went. */
export function readingProgress(place: Place, reading: ReadingRecord): PretrainingProgress {
  const { createdAt, data, base, fresh, doing, share, secondsLeft } = reading;
  const running = place.pid !== undefined;
  return {
    ...known(place),
    state: running ? 'running' : 'interrupted',
    createdAt,
    data,
    base,
    fresh,
    ...(running ? { reading: { doing, share, secondsLeft } } : {}),
    step: 0,
    usable: false,
  };
}

/** A run whose files are broken, as far as anything can be said of it. @param createdAt when its folder came to be, ISO 8601 */
export function brokenProgress(place: Place, message: string, createdAt: string): PretrainingProgress {
  return {
    ...known(place),
    state: 'failed',
    createdAt,
    data: [],
    base: '',
    fresh: false,
    step: 0,
    usable: false,
    message,
  };
}

function known({ folder, pid, name }: Place) {
  return {
    id: basename(folder),
    folder,
    ...(name === undefined ? {} : { name }),
    ...(pid === undefined ? {} : { pid }),
  };
}
