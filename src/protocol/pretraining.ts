import type { NotificationType, RequestType } from './messages';
import type { RunState } from './runs';

/** How well masked tokens of held-out documents are found. */
export interface MaskedScores {
  /** Share of the masked tokens for which the right one is the most likely, 0 to 1. */
  readonly accuracy: number;
  /** Mean cross-entropy in nats; perplexity is its exponential. */
  readonly loss: number;
}

/** What is done with the texts before the first step: files are hashed, then read and cut into shards. */
export const READING = ['hashing', 'reading'] as const;

/** How far the reading of a corpus is. */
export interface CorpusReading {
  readonly doing: (typeof READING)[number];
  /** What is read of all bytes, 0 to 1. */
  readonly share: number;
  /** An estimate. */
  readonly secondsLeft: number;
}

/** How a run of pre-training stands: a complete snapshot, so that a lost or late one does no harm. */
export interface PretrainingProgress {
  readonly id: string;
  /** The name that the user gave it. */
  readonly name?: string;
  /** The run folder, in `.rowlight/pretraining` of a workspace: wherever a model is asked for, it means the run's best checkpoint. */
  readonly folder: string;
  /** Of a folder whose record is broken `failed`; `message` then says what is broken. */
  readonly state: RunState;
  /** The process that works on it, while it runs. */
  readonly pid?: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Seconds from the first step to the end, of a run that ended and was never resumed. */
  readonly seconds?: number;
  /** Files and folders of text as they were given; empty where that is not known. */
  readonly data: readonly string[];
  /** The model begun from: a name or a folder; empty where that is not known. */
  readonly base: string;
  /** Whether only shape and vocabulary of the base were taken. */
  readonly fresh: boolean;
  /** Before its first step, while it runs: how far the reading of the corpus is. `totalSteps` is not known then. */
  readonly reading?: CorpusReading;
  /** Steps done, and steps the run will take. */
  readonly step: number;
  readonly totalSteps?: number;
  /** Whether there is a checkpoint to fine-tune, and to go on from. */
  readonly usable: boolean;
  /** Scores of the best checkpoint, where one was judged, and before the first step. */
  readonly scores?: MaskedScores;
  readonly before?: MaskedScores;
  /** Loss of the last step, in nats. */
  readonly loss?: number;
  /** While it trains: how fast, and the trainer's estimate of what is left. */
  readonly tokensPerSecond?: number;
  readonly secondsLeft?: number;
  /** Why it failed. */
  readonly message?: string;
}

/** Client → server: the pre-training runs of all open workspaces, newest first. From then on `PretrainingChanged` tells what changes. */
export const ListPretraining: RequestType<null, readonly PretrainingProgress[]> = {
  method: 'rowlight/listPretraining',
};

/** Client → server: stop one after the step under way; it can be continued. Answered when the wish was passed on. */
export const CancelPretraining: RequestType<{ readonly folder: string }, null> = {
  method: 'rowlight/cancelPretraining',
};

/** Client → server: go on with one that was stopped, interrupted or failed; answered when its process runs. */
export const ContinuePretraining: RequestType<{ readonly folder: string }, null> = {
  method: 'rowlight/continuePretraining',
};

/** Client → server: give it a name for people; an empty one takes it away again. */
export const RenamePretraining: RequestType<{ readonly folder: string; readonly name: string }, null> = {
  method: 'rowlight/renamePretraining',
};

/** Client → server: delete its folder with all checkpoints, after the user confirmed it. Refused while it runs. */
export const DeletePretraining: RequestType<{ readonly folder: string }, null> = {
  method: 'rowlight/deletePretraining',
};

/** Server → client: a pre-training run moved on, or (`gone`) its folder was deleted. */
export const PretrainingChanged: NotificationType<PretrainingProgress | { readonly gone: string }> = {
  method: 'rowlight/pretrainingChanged',
};

/** Server → client: a process of pre-training ended before it could do any step, in one line; its folder tells nothing of it. */
export const PretrainingFailed: NotificationType<{ readonly data: readonly string[]; readonly message: string }> = {
  method: 'rowlight/pretrainingFailed',
};
