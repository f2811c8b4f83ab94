import type { RequestType } from './messages';
import type { EvaluationPoint, Interval, LearningPoint, ProbabilityView, StepPoint } from './metrics';
import type { RunSummary } from './runs';

/** Most runs that are compared at once: more lines than this nobody tells apart. */
export const MOST_COMPARED = 6;

/** One of the runs that are compared. Scores are of the common rows alone. */
export interface ComparedRun {
  readonly run: RunSummary;
  /** Arguments by their command-line names. */
  readonly arguments: Readonly<Record<string, string | number | boolean | null>>;
  readonly steps: readonly StepPoint[];
  readonly evaluations: readonly EvaluationPoint[];
  /** Rows that judged it, common or not. */
  readonly judged: number;
  readonly accuracy: Interval;
  readonly macroF1: Interval;
  /** Its score less the first run's, resampled in pairs; absent for the first. */
  readonly accuracyGain?: Interval;
  readonly macroF1Gain?: Interval;
  /** F1 of each label, in the order of {@link RunComparison.labels}. */
  readonly f1: readonly number[];
  /** Of all its held-out rows; absent where they were not kept. */
  readonly probabilities?: ProbabilityView;
}

/** A common row of which the runs say different things. */
export interface FlippedRow {
  /** Its position among the first run's predictions: names it in `FindRows`. */
  readonly index: number;
  readonly label: string;
  /** What each run predicts, in their order. */
  readonly predictions: readonly string[];
  /** Its text, shortened, and its line from 0; null where it is no longer in the file. */
  readonly text: string | null;
  readonly line: number | null;
}

/** Two or more runs on the rows that judged all of them. */
export interface RunComparison {
  readonly runs: readonly ComparedRun[];
  /** Rows that judged every run, found by their texts, under the same label. */
  readonly common: number;
  readonly labels: readonly string[];
  /** Where rows have several labels: accuracy is then that of whole sets. */
  readonly sets?: boolean;
  /** Common rows by label, in the order of `labels`. */
  readonly support: readonly number[];
  /** Flipped rows in all, and those shown: first what the first run has right and another wrong, then what it has wrong and another right. */
  readonly flips: number;
  readonly flipped: readonly FlippedRow[];
  /** Of flipped rows: right in the first run and wrong in the last, and the other way round. */
  readonly lost: number;
  readonly won: number;
  /** What as many labels were worth, of the runs on the first run's data. */
  readonly learning: readonly LearningPoint[];
}

/** Client → server: compare runs by their folders, the first being what the others are held against. Fails with one line where they have no row in common. */
export const CompareRuns: RequestType<{ readonly folders: readonly string[] }, RunComparison> = {
  method: 'rowlight/compareRuns',
};
