/** What a run of training is, as its folder and the user interface tell it. Plain JSON types, the same in every process. */

/**
 * `running`: a living process holds the run's lock. `interrupted`: none does and the run reached no end (killed, power cut); it can be resumed.
 * The others are the ends it wrote itself.
 */
export type RunState = 'running' | 'finished' | 'interrupted' | 'failed' | 'cancelled';

/** How good a model is on the held-out rows. */
export interface Scores {
  /** Share of right predictions, 0 to 1. */
  readonly accuracy: number;
  /** F1 averaged over the labels, each counting the same, 0 to 1. Chooses the best checkpoint. */
  readonly macroF1: number;
  /** Mean cross-entropy, in nats. Decides between equal F1. */
  readonly loss: number;
}

/** Which columns a run or model reads; headerless files count them from `1`. */
export interface Columns {
  readonly text: string;
  /** The second text of sentence pairs. */
  readonly textB?: string | undefined;
  readonly label: string;
}

/** What every line of `metrics.jsonl` carries. */
interface LineBase {
  /** Counts the processes that worked on the run, from 1; each resume begins a new one. */
  readonly attempt: number;
  /** Optimizer steps done when the line was written, from 0. */
  readonly step: number;
}

/** First line of an attempt; its `step` is the one resumed from. What earlier attempts wrote of later steps no longer holds. */
export interface StartedLine extends LineBase {
  readonly event: 'started';
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Steps the whole run will take. */
  readonly totalSteps: number;
  readonly epochs: number;
  /** Engine and device, as `onnx cpu`. */
  readonly device: string;
}

/** One optimizer step, or the mean of the steps since the last such line. */
export interface StepLine extends LineBase {
  readonly event: 'step';
  readonly loss: number;
  readonly learningRate: number;
  /** In pre-training: tokens. */
  readonly examplesPerSecond: number;
  /** An estimate. */
  readonly secondsLeft: number;
  /** In pre-training: the part of the loss that is the pair task's, the words masked in this step, and those masked as a whole. */
  readonly pair?: number | undefined;
  readonly words?: number | undefined;
  readonly whole?: number | undefined;
}

/** Scores on the held-out rows. */
export interface EvaluatedLine extends LineBase, Scores {
  readonly event: 'evaluated';
}

/** Held-out sequences were judged in pre-training. */
export interface MaskedLine extends LineBase {
  readonly event: 'masked';
  /** Share of the masked tokens that were found. */
  readonly accuracy: number;
  /** Mean cross-entropy of the masked tokens in nats; perplexity is its exponential. */
  readonly loss: number;
}

/** A text with masks, and what may stand at each. */
export interface FilledText {
  /** As it was given, with `[MASK]`. */
  readonly text: string;
  /** For each mask, in order, the likeliest tokens, the most likely first. */
  readonly fillings: readonly (readonly { readonly token: string; readonly probability: number }[])[];
}

/** Texts with masks were filled in, after a judgement in pre-training. */
export interface FilledLine extends LineBase {
  readonly event: 'filled';
  readonly texts: readonly FilledText[];
}

/** A checkpoint is on the disk and `checkpoints.json` names it. */
export interface CheckpointLine extends LineBase {
  readonly event: 'checkpoint';
  /** `step-120` */
  readonly name: string;
  /** Whether it is the best so far. */
  readonly best: boolean;
}

/** The run came to its end. */
export interface FinishedLine extends LineBase {
  readonly event: 'finished';
  /** Milliseconds since the epoch; ends written by Rowlight 0.1 lack it. */
  readonly time?: number | undefined;
  /** Scores of the best checkpoint; pre-training has none of a classifier. */
  readonly scores?: Scores | undefined;
}

/** The user stopped the run. */
export interface CancelledLine extends LineBase {
  readonly event: 'cancelled';
  readonly time?: number | undefined;
}

/** The run could not go on. */
export interface FailedLine extends LineBase {
  readonly event: 'failed';
  readonly time?: number | undefined;
  /** One line: what happened and what to do. */
  readonly message: string;
}

/** One line of `metrics.jsonl`: the truth about a run, in the order it happened. */
export type MetricsLine =
  | StartedLine
  | StepLine
  | EvaluatedLine
  | MaskedLine
  | FilledLine
  | CheckpointLine
  | FinishedLine
  | CancelledLine
  | FailedLine;

/** What a list of runs shows, and what choosing a model for a file needs. */
export interface RunSummary {
  readonly id: string;
  /** The name that the user gave it. */
  readonly name?: string;
  /** The run folder: wherever a model is asked for, it means the run's best checkpoint. */
  readonly folder: string;
  readonly state: RunState;
  /** The process that trains it, while it runs. */
  readonly pid?: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Seconds from start to end, of a run that ended and was never resumed. */
  readonly seconds?: number;
  /** Path of the data file as it was given. */
  readonly data: string;
  /** The model fine-tuned: folder or name. */
  readonly base: string;
  readonly columns: Columns;
  readonly headerless: boolean;
  readonly labels: readonly string[];
  /** Labelled rows to learn from and to judge by; runs of Rowlight 0.1 do not say. */
  readonly rows?: { readonly train: number; readonly heldOut: number };
  /** Steps done, and steps the run will take where it has come to know. */
  readonly step: number;
  readonly totalSteps?: number;
  /** Of a run in several stages, the one under way, from 1: steps and scores are its own. */
  readonly stage?: { readonly number: number; readonly of: number };
  /** Whether there is a checkpoint to predict with. */
  readonly usable: boolean;
  /** Whether its model, once finished, predicts files by itself (`runs/adoption.ts`), and since when; absent where nobody decided that. */
  readonly adoption?: { readonly state: 'pending' | 'adopted' | 'declined'; readonly at: string };
  /** Scores of the best checkpoint, where it has been evaluated. */
  readonly scores?: Scores;
  /** Why it failed. */
  readonly message?: string;
}
