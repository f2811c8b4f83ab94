import type { RunChoice } from './recipes';
import type { RunSummary } from './runs';
import type { ChosenColumns } from './start-labelling';
import type { ServerStatus } from './status';

/** A request's method name, carrying the types of its parameters and result. */
export interface RequestType<Params, Result> {
  readonly method: string;
  /** Never there; holds the types. */
  readonly types?: (params: Params) => Result;
}

/** A notification's method name, carrying the type of its parameters. */
export interface NotificationType<Params> {
  readonly method: string;
  /** Never there; holds the type. */
  readonly types?: (params: Params) => void;
}

/** What the client sends in `initializationOptions`. */
export interface InitializationOptions {
  /** The models chosen by Use Model, by document uri: the client remembers them across sessions. */
  readonly chosen?: Readonly<Record<string, string>>;
  /** The columns chosen by Start Labelling, by document uri. */
  readonly columns?: Readonly<Record<string, ChosenColumns>>;
  /** Whether the client answers {@link GetOpenText}. */
  readonly openTexts?: boolean;
  /** Whether the user trusts the workspace; absent where the client knows no restricted mode, which counts as yes. */
  readonly trusted?: boolean;
}

/** The numbers of a run that the user may change before it starts. */
export interface RunArguments {
  readonly epochs: number;
  readonly learningRate: number;
  /** In tokens, special ones included. */
  readonly maxLength: number;
  readonly batchSize: number;
}

/** What a run on a document would be. */
export interface RunPlan {
  /** The data file. */
  readonly data: string;
  /** Folder of the base model, and its name for people. */
  readonly base: string;
  readonly baseName: string;
  /** The run folder to make. */
  readonly output: string;
  readonly textColumn: string;
  /** The second text of sentence pairs. */
  readonly textBColumn?: string;
  readonly labelColumn: string;
  /** The file's other columns, in their order. */
  readonly otherColumns: readonly string[];
  /** Where rows have several labels: what stands between them. */
  readonly delimiter?: string;
  /** Rows with a label, rows without, and distinct labels. */
  readonly labelled: number;
  readonly unlabelled: number;
  readonly labels: number;
  /** What suits the base model. */
  readonly recommended: RunArguments;
}

/** A model that Use Model offers for a document. */
export interface ModelOption {
  readonly folder: string;
  readonly name: string;
  /** A run of the workspace, a model that came with Rowlight, or one that was downloaded or added. */
  readonly source: 'run' | 'bundled' | 'known';
  /** Labels it knows. */
  readonly labels: number;
  /** When its run was started, ISO 8601. */
  readonly createdAt?: string;
  /** Held-out accuracy and macro F1, 0 to 1. */
  readonly accuracy?: number;
  readonly macroF1?: number;
  /** Whether it predicts the document now. */
  readonly current: boolean;
  /** Whether its labels have no names yet (`NameLabels`). */
  readonly unnamed?: boolean;
}

/** How a run stands: a complete snapshot, so that a lost or late one does no harm. */
export interface RunProgress {
  readonly run: RunSummary;
  /** Loss of the last step that was written, in nats. */
  readonly loss?: number;
  /** The trainer's estimate. */
  readonly secondsLeft?: number;
}

/** Client → server: what Fine-tune would do with a document (on another base model than Rowlight's own), to be confirmed. Fails with one line where it can't train on it. */
export const PlanRun: RequestType<{ readonly uri: string; readonly base?: string }, RunPlan> = {
  method: 'rowlight/planRun',
};

/** Client → server: start the confirmed run; answered when its process runs. */
export const StartRun: RequestType<
  { readonly uri: string; readonly plan: RunPlan; readonly arguments: RunChoice },
  { readonly folder: string }
> = { method: 'rowlight/startRun' };

/** Client → server: stop a run; its best checkpoint stays. Answered when the wish was passed on. */
export const CancelRun: RequestType<{ readonly folder: string }, null> = { method: 'rowlight/cancelRun' };

/** Client → server: the runs of all open workspaces, newest first. */
export const ListRuns: RequestType<null, readonly RunProgress[]> = { method: 'rowlight/listRuns' };

/** Client → server: the models to choose from for a document, or, for null, for no one in particular. */
export const ListModels: RequestType<{ readonly uri: string | null }, readonly ModelOption[]> = {
  method: 'rowlight/listModels',
};

/** Client → server: predict a document by this model from now on; null goes back to the newest run that fits. */
export const UseModel: RequestType<{ readonly uri: string; readonly folder: string | null }, null> = {
  method: 'rowlight/useModel',
};

/** Client → server: start the model host again after it was given up. */
export const RetryModel: RequestType<null, null> = { method: 'rowlight/retryModel' };

/** Server → client: the text of a document as its editor has it, saved or not; null where it is not open. */
export const GetOpenText: RequestType<{ readonly uri: string }, string | null> = { method: 'rowlight/openText' };

/** Server → client: how the server and each open data file stand, at each change. */
export const StatusChanged: NotificationType<ServerStatus> = { method: 'rowlight/status' };

/** Server → client: a run moved on, so that progress can be shown. */
export const RunChanged: NotificationType<RunProgress> = { method: 'rowlight/runChanged' };
