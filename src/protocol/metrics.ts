import type { NotificationType, RequestType } from './messages';
import type { ShownMetrics } from './pretraining-metrics';
import type { RunSummary } from './runs';

/** A score, and the 95 % bootstrap interval around it: where it would likely have come out on other rows of the same kind. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A point of the training curve: one step, or the mean of several where there are more than a picture can show. */
export interface StepPoint {
  readonly step: number;
  /** In nats; null where it was no number. */
  readonly loss: number | null;
  readonly learningRate: number;
}

/** The scores on the held-out rows at one step; null where one was no number. */
export interface EvaluationPoint {
  readonly step: number;
  readonly accuracy: number | null;
  readonly macroF1: number | null;
  readonly loss: number | null;
  /** Whether it is the checkpoint that holds as the best. */
  readonly best: boolean;
}

/** How well one label is predicted: precision, recall and F1 from 0 to 1, and the held-out rows that have it. */
export interface LabelScores {
  readonly label: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** How many held-out rows of one label were predicted as another; both are positions in {@link Judgement.labels}. */
export interface ConfusionCell {
  readonly label: number;
  readonly prediction: number;
  readonly rows: number;
}

/** The naive Bayes fitted on the run's own training rows and judged on the same held-out rows: what a BERT has to beat. */
export interface Floor {
  readonly accuracy: Interval;
  readonly macroF1: Interval;
  /** The model's score less the floor's, resampled in pairs: both judged on the same rows. */
  readonly accuracyGain: Interval;
  readonly macroF1Gain: Interval;
}

/** A held-out row and what the model said of it. */
export interface HeldOutRow {
  /** Its position among the run's predictions: names it in {@link FindRows}. */
  readonly index: number;
  /** The label it had when the model was judged. */
  readonly label: string;
  readonly prediction: string;
  readonly probability: number;
  /** The next label; runs of Rowlight 0.1 lack it. */
  readonly second?: string;
  readonly secondProbability?: number;
  /** Its text (a pair: both, a line break between), shortened; null where the row is no longer in the file. */
  readonly text: string | null;
  /** Line of the file on which it begins now, from 0; null where it is gone. */
  readonly line: number | null;
  /** The label it has now, where that is another; empty: none. */
  readonly labelNow?: string;
  /** Of several labels a row: those that it has and was not given, and those that it was given and has not. */
  readonly missing?: readonly string[];
  readonly extra?: readonly string[];
}

/** What became of the file that holds the judged rows. */
export interface HeldOutFile {
  readonly path: string;
  /** `same`: byte for byte; `changed`: rows are found by their text; `unreadable`: `message` says why. */
  readonly state: 'same' | 'changed' | 'unreadable';
  readonly message?: string;
  /** Judged rows that are no longer there, and those that have another label now. */
  readonly gone: number;
  readonly relabelled: number;
}

/** A point of a curve, both from 0 to 1. */
export type CurvePoint = readonly [x: number, y: number];

/** How one label is told from all others at every threshold. */
export interface LabelCurves {
  readonly label: string;
  /** Held-out rows that have it. */
  readonly rows: number;
  readonly rocAuc: number;
  readonly averagePrecision: number;
  /** True positive rate over false positive rate. */
  readonly roc: readonly CurvePoint[];
  /** Precision over recall. */
  readonly precisionRecall: readonly CurvePoint[];
}

/** Confidence beside accuracy, in equal bins of confidence; those without rows are left out. */
export interface ReliabilityView {
  readonly bins: readonly { readonly rows: number; readonly confidence: number; readonly accuracy: number }[];
  /** Expected calibration error. */
  readonly error: number;
}

/** What the probabilities of all labels tell beside the decisions. */
export interface ProbabilityView {
  /** What the model's logits are divided by; 1: it has no temperature. */
  readonly temperature: number;
  /** Without and with the temperature. */
  readonly before: ReliabilityView;
  readonly after: ReliabilityView;
  /** Of the most frequent labels. */
  readonly curves: readonly LabelCurves[];
}

/** A run among those on the same data: what as many labels were worth. */
export interface LearningPoint {
  readonly folder: string;
  /** Rows it learnt from and rows that judged it: each run has its own. */
  readonly rows: number;
  readonly heldOut: number;
  readonly accuracy: number;
  readonly macroF1: number;
}

/** What there is to say of several labels a row beside what is said of one. */
export interface SetView {
  /** F1 of all decisions alike. */
  readonly microF1: number;
  /** Share of decisions, one a row and label, that are wrong. */
  readonly hammingLoss: number;
  /** In the order of the labels: rows that have the label and were not given it, and rows that were given it and have it not. */
  readonly errors: readonly { readonly missing: number; readonly extra: number }[];
}

/** How the best checkpoint judges the held-out rows. */
export interface Judgement {
  readonly rows: number;
  readonly labels: readonly string[];
  /** Of several labels a row: accuracy is then that of whole sets, and there is no confusion. */
  readonly sets?: SetView;
  readonly accuracy: Interval;
  readonly macroF1: Interval;
  /** `unknown`: the run has no record of its floor, and its data has changed since, so that it can't be fitted any more. */
  readonly floor: Floor | 'unknown';
  /** In the order of `labels`. */
  readonly perLabel: readonly LabelScores[];
  /** The cells that hold rows. */
  readonly confusion: readonly ConfusionCell[];
  /** Rows predicted otherwise than labelled, and the most confident of them. */
  readonly mistakeCount: number;
  readonly mistakes: readonly HeldOutRow[];
  readonly heldOut: HeldOutFile;
  /** Absent for runs of Rowlight 0.1, and where labels and rows are too many to keep them all. */
  readonly probabilities?: ProbabilityView;
  /** Finished runs on the same file and columns, fewest labels first. */
  readonly learning: readonly LearningPoint[];
}

/** The state of a repository when a run began. */
export interface RepositoryState {
  /** The commit checked out; empty where there was none. */
  readonly commit: string;
  /** Whether the data file (of the working folder: anything tracked in it) differed from that commit. */
  readonly dirty: boolean;
}

/** What a run was made from and computed on, so that it can be made again. */
export interface Lineage {
  /** SHA-256 of the data file and of the file of held-out rows. */
  readonly data: string;
  readonly dev?: string;
  /** Repositories of the data file and of the working folder; absent where there are none, and for runs of Rowlight 0.1. */
  readonly git?: { readonly data?: RepositoryState | undefined; readonly folder?: RepositoryState | undefined };
  /** What computed its last attempt. */
  readonly machine?: {
    readonly node: string;
    readonly runtime: string;
    readonly threads: number;
    readonly os: string;
    readonly cpu: string;
    readonly cores: number;
  };
}

/** Everything there is to show of a run: a complete snapshot, so that a lost or late one does no harm. */
export interface RunMetrics {
  readonly run: RunSummary;
  /** The model fine-tuned. */
  readonly base: string;
  /** The file of held-out rows; absent where they were held out of the data. */
  readonly dev?: string;
  readonly seed: number;
  /** Version of Rowlight that began it. */
  readonly rowlight: string;
  readonly lineage: Lineage;
  /** Engine and device, as `onnx cpu`. */
  readonly device?: string;
  /** Arguments by their command-line names. */
  readonly arguments: Readonly<Record<string, string | number | boolean | null>>;
  readonly steps: readonly StepPoint[];
  readonly evaluations: readonly EvaluationPoint[];
  /** The trainer's estimates, while it runs. */
  readonly pace?: { readonly secondsLeft: number; readonly examplesPerSecond: number };
  /** Null before the first evaluation. */
  readonly judgement: Judgement | null;
  /** Whether the judgement of what is in the folder now is being worked out; the one shown is then the former. */
  readonly judging: boolean;
  /** One line: why there is no judgement although the run was evaluated. */
  readonly problem?: string;
}

/** Which held-out rows are meant: those of a cell of the confusion matrix (by label names), those that lack a label or have one too many, or one. */
export type WhichRows =
  | { readonly label: string; readonly prediction: string }
  | { readonly label: string; readonly error: 'missing' | 'extra' }
  | { readonly index: number };

/** The rows that were asked for. */
export interface FoundRows {
  /** The file that holds them, absolute. */
  readonly path: string;
  /** How many there are; `rows` has at most {@link MOST_ROWS}. */
  readonly total: number;
  readonly rows: readonly HeldOutRow[];
}

/** The most rows of a cell that are answered at once. */
export const MOST_ROWS = 500;

/** The longest text that may be tried, in UTF-16 units: longer ones are cut by every BERT anyway. */
export const MOST_TRIED = 20_000;

/** What the run's best checkpoint says of a text. */
export interface TriedText {
  /** The most probable labels, best first. */
  readonly ranked: readonly { readonly label: string; readonly probability: number }[];
  /** Whether the text was cut to the model's length limit. */
  readonly truncated: boolean;
  readonly tokens: number;
}

/** Client → server: what there is to show of a run, and from now on `MetricsChanged` at each change. Fails with one line where the folder is no run. */
export const FollowMetrics: RequestType<{ readonly folder: string }, ShownMetrics> = {
  method: 'rowlight/followMetrics',
};

/** Client → server: nobody looks at the run any more. */
export const UnfollowMetrics: NotificationType<{ readonly folder: string }> = { method: 'rowlight/unfollowMetrics' };

/** Server → client: a followed run moved on, or its data changed: the page is drawn anew from it. */
export const MetricsChanged: NotificationType<ShownMetrics> = { method: 'rowlight/metricsChanged' };

/** Client → server: where held-out rows are now, in the open document or on the disk, found by their text. */
export const FindRows: RequestType<{ readonly folder: string; readonly which: WhichRows }, FoundRows> = {
  method: 'rowlight/findRows',
};

/** Client → server: predict a text (a pair where the run reads pairs) by the run's best checkpoint. */
export const TryText: RequestType<
  { readonly folder: string; readonly text: string; readonly textB?: string },
  TriedText
> = { method: 'rowlight/tryText' };

/** Client → server: write the report of a run as one HTML file, replacing what is there: the client has asked. */
export const WriteReport: RequestType<{ readonly folder: string; readonly output: string }, null> = {
  method: 'rowlight/writeReport',
};
