import type { NotificationType, RequestType, RunPlan, RunProgress } from './messages';
import type { RunChoice } from './recipes';

/** Longest display name of a run, in UTF-16 units. */
export const MAX_RUN_NAME = 80;

/** Client → server: give a run a name for people; an empty one takes it away again. Its id, folder and record stay. */
export const RenameRun: RequestType<{ readonly folder: string; readonly name: string }, null> = {
  method: 'rowlight/renameRun',
};

/** Client → server: delete a run's folder with all its checkpoints, after the user confirmed it. Refused while it runs. */
export const DeleteRun: RequestType<{ readonly folder: string }, null> = { method: 'rowlight/deleteRun' };

/** Client → server: go on with a run that was interrupted, cancelled or failed; answered when its process runs. */
export const ContinueRun: RequestType<{ readonly folder: string }, null> = { method: 'rowlight/continueRun' };

/** What a run would take on this machine as it is now, from three measured steps. */
export interface RunEstimate {
  readonly totalSteps: number;
  /** Seconds of a step, and of the whole run. */
  readonly secondsAStep: number;
  readonly seconds: number;
  /** Bytes that its process will hold at most, and by part; the activations are those of the longest batch. */
  readonly peakMemory: number;
  readonly memory: {
    readonly weights: number;
    readonly gradients: number;
    readonly moments: number;
    readonly activations: number;
  };
  /** Labels with fewer than five rows to learn from. */
  readonly few: readonly { readonly label: string; readonly rows: number }[];
  /** Of all texts those that are cut to the length limit. */
  readonly truncated: number;
  readonly texts: number;
  /** Held-out rows that say the same as a row to learn from. */
  readonly leaked: number;
}

/** Client → server: measure three real steps of a planned run in a process of its own, so that the form can say what it would take. Cancelling the request ends that process. */
export const EstimateRun: RequestType<{ readonly plan: RunPlan; readonly arguments: RunChoice }, RunEstimate> = {
  method: 'rowlight/estimateRun',
};

/** Server → client: a run's folder is gone, so that views drop it. */
export const RunRemoved: NotificationType<{ readonly folder: string }> = { method: 'rowlight/runRemoved' };

/** Server → client: a run came to an end while the server looked, to be told to the user once; `runChanged` has said so to the views. */
export const RunEnded: NotificationType<{
  readonly progress: RunProgress;
  /** What becomes of the model of a finished run. */
  readonly verdict?: Verdict;
}> = { method: 'rowlight/runEnded' };

/** Two models on the same rows, which the new one did not learn from. */
export interface Comparison {
  readonly rows: number;
  /** Of the new model and of the one in use. */
  readonly ours: { readonly accuracy: number; readonly macroF1: number };
  readonly theirs: { readonly accuracy: number; readonly macroF1: number };
  /** Whether the one in use may have learnt from some of the rows, and so look better than it is. */
  readonly mayHaveLearnt?: boolean;
}

/** What becomes of the model of a finished run. */
export interface Verdict {
  /** `adopted`: it predicts from now on. `ask`: it is worse than the one in use, which stays until the user says otherwise. */
  readonly decision: 'adopted' | 'ask';
  /** The model in use before. */
  readonly former?: { readonly name: string; readonly folder: string };
  readonly comparison?: Comparison;
  /** Why they could not be compared: the former one learnt from the same file, the held-out rows are no longer in it, or it could not be run. */
  readonly incomparable?: 'same-data' | 'rows-gone' | 'failed';
}

/** Client → server: the user's answer, or change of mind: whether a finished run's model predicts the files that it fits. */
export const DecideRun: RequestType<{ readonly folder: string; readonly use: boolean }, null> = {
  method: 'rowlight/decideRun',
};

/** Server → client: a trainer ended before it could do any step, in one line; its folder tells nothing of it. */
export const TrainerFailed: NotificationType<{ readonly data: string; readonly message: string }> = {
  method: 'rowlight/trainerFailed',
};
