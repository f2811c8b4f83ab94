import type { Trust } from '../training/calibration';
import type { Averaged } from '../training/label-metrics';
import type { LabelScore } from '../training/metrics';
import type { Threshold } from '../training/thresholds';

/** What `train` and `evaluate` end with; the first four by the names of run_classifier.py. */
export interface EvaluationResult {
  readonly eval_accuracy: number;
  /** Mean cross-entropy over the rows. */
  readonly eval_loss: number;
  /** Optimizer steps behind the model; absent for a model that says nothing of it. */
  readonly global_step?: number;
  /** Mean of the mean losses of batches of eight rows, which is what run_classifier.py prints under this name. */
  readonly loss: number;
  readonly eval_macro_f1: number;
  /** The positive label of a model that names one, and how well it is found; the ROC area is then its own, else the mean of all labels. */
  readonly positive?: string;
  readonly eval_positive_precision?: number;
  readonly eval_positive_recall?: number;
  readonly eval_positive_f1?: number;
  /** Absent where no label has both rows with it and rows without. */
  readonly eval_roc_auc?: number;
  readonly eval_balanced_accuracy?: number;
  /** Matthews' correlation; this and the two around it are of one label a row. */
  readonly eval_mcc?: number;
  /** With several labels a row, where accuracy is that of whole sets: F1 of all decisions alike, mean F1 of the rows, share of wrong decisions. */
  readonly eval_micro_f1?: number;
  readonly eval_samples_f1?: number;
  readonly eval_hamming_loss?: number;
  /** Expected calibration error: by how much confidence and accuracy differ, at the model's temperature. */
  readonly eval_calibration_error?: number;
  /** What the model's logits are divided by, and what that does to these rows; absent for a model without a temperature. */
  readonly calibration?: {
    readonly temperature: number;
    readonly error_before: number;
    readonly error_after: number;
    readonly loss_before: number;
    readonly loss_after: number;
  };
  /** How probable each label must be for its predictions to be right as often as was wished. */
  readonly thresholds?: {
    readonly wished: number;
    readonly per_label: readonly (Omit<Threshold, 'recallOfAll'> & { readonly recall_of_all: number })[];
  };
  /** A naive Bayes of characters or words, fitted on the training rows and judged on the same rows: what a BERT must beat. */
  readonly floor?: { readonly accuracy: number; readonly macro_f1: number };
  readonly rows: number;
  /** Precision, recall and F1 over all labels, averaged in three ways (`label-metrics.ts`). */
  readonly averages: Readonly<Record<'micro' | 'macro' | 'weighted', Averaged>>;
  readonly per_label: readonly (LabelScore & { readonly roc_auc?: number; readonly average_precision?: number })[];
}

/** What a temperature does to some rows, as a result tells it. */
export function calibrationResult(
  temperature: number,
  before: Trust,
  after: Trust,
): NonNullable<EvaluationResult['calibration']> {
  return {
    temperature,
    error_before: before.error,
    error_after: after.error,
    loss_before: before.loss,
    loss_after: after.loss,
  };
}

/** How many times as frequent as the rarest the most frequent label may be before accuracy flatters: always guessing it then is right too often. */
const IMBALANCE = 1.5;

const AVERAGES = ['macro', 'weighted'] as const;

/** The result as a person reads it. */
export function reportLines(result: EvaluationResult): string[] {
  const width = Math.max('weighted mean'.length, ...result.per_label.map(({ label }) => displayWidth(label)));
  const pad = (label: string) => label + ' '.repeat(width - displayWidth(label));
  const line = (label: string, cells: readonly string[]) =>
    `${pad(label)}  ${cells.map((cell) => cell.padStart(9)).join(' ')}`;
  return [
    line('label', ['precision', 'recall', 'F1', 'rows']),
    ...positiveFirst(result).map(({ label, precision, recall, f1, support }) =>
      line(label, [percent(precision), percent(recall), percent(f1), String(support)]),
    ),
    '',
    ...(result.eval_micro_f1 === undefined ? AVERAGES : (['micro', ...AVERAGES] as const)).map((name) => {
      const { precision, recall, f1 } = result.averages[name];
      return line(`${name} mean`, [percent(precision), percent(recall), percent(f1), String(result.rows)]);
    }),
    '',
    ...(result.floor === undefined ? [] : [floorLine(result.eval_accuracy, result.floor), '']),
    ...scoreLines(result),
    `eval_loss = ${result.eval_loss.toFixed(6)}`,
    ...(result.eval_calibration_error === undefined
      ? []
      : [`eval_calibration_error = ${result.eval_calibration_error.toFixed(6)}`]),
    ...(result.calibration === undefined ? [] : calibrationLines(result.calibration)),
    ...(result.global_step === undefined ? [] : [`global_step = ${result.global_step}`]),
    `loss = ${result.loss.toFixed(6)}`,
    ...(result.thresholds === undefined ? [] : ['', ...thresholdLines(result.thresholds, line)]),
  ];
}

/** The labels, that which the task is about before the others. */
function positiveFirst({ per_label, positive }: EvaluationResult): EvaluationResult['per_label'] {
  return [...per_label].sort((a, b) => Number(b.label === positive) - Number(a.label === positive));
}

/** Scores in the order in which they may be believed: the positive label's where there is one; accuracy first, or last where the labels are unequally frequent. */
function scoreLines(result: EvaluationResult): string[] {
  const line = (name: string, value: number | undefined) =>
    value === undefined ? [] : [`${name} = ${value.toFixed(6)}`];
  const accuracy = line('eval_accuracy', result.eval_accuracy);
  const positive = [
    ...line('eval_positive_precision', result.eval_positive_precision),
    ...line('eval_positive_recall', result.eval_positive_recall),
    ...line('eval_positive_f1', result.eval_positive_f1),
  ];
  const others = [
    ...line('eval_macro_f1', result.eval_macro_f1),
    ...line('eval_micro_f1', result.eval_micro_f1),
    ...line('eval_samples_f1', result.eval_samples_f1),
    ...line('eval_hamming_loss', result.eval_hamming_loss),
    ...line('eval_roc_auc', result.eval_roc_auc),
    ...line('eval_balanced_accuracy', result.eval_balanced_accuracy),
    ...line('eval_mcc', result.eval_mcc),
  ];
  const support = result.per_label.map((label) => label.support).filter((rows) => rows > 0);
  const imbalanced = Math.max(...support) > IMBALANCE * Math.min(...support);
  return [...positive, ...(imbalanced ? [...others, ...accuracy] : [...accuracy, ...others])];
}

function calibrationLines(calibration: NonNullable<EvaluationResult['calibration']>): string[] {
  const { temperature, error_before, error_after, loss_before, loss_after } = calibration;
  const change = (before: number, after: number) => `${before.toFixed(4)} → ${after.toFixed(4)}`;
  return [
    `temperature ${temperature.toFixed(3)}: calibration error ${change(error_before, error_after)}, loss ${change(loss_before, loss_after)}`,
    '  (fitted on the held-out rows of the run, which chose the checkpoint too: on those rows both flatter)',
  ];
}

/** Few accepted rows prove little, so they are told beside each threshold. */
function thresholdLines(
  { wished, per_label }: NonNullable<EvaluationResult['thresholds']>,
  line: (label: string, cells: readonly string[]) => string,
): string[] {
  const row = ({
    label,
    threshold,
    precision,
    recall,
    recall_of_all,
    accepted,
    predicted,
  }: (typeof per_label)[number]) =>
    line(label, [
      threshold === null ? 'none' : threshold.toFixed(4),
      threshold === null ? '–' : percent(precision),
      percent(recall),
      percent(recall_of_all),
      `${accepted}/${predicted}`,
    ]);
  return [
    `thresholds for a precision of ${percent(wished)} on these rows:`,
    line('label', ['threshold', 'precision', 'recall', 'without', 'accepted']),
    ...per_label.map(row),
  ];
}

function floorLine(accuracy: number, floor: NonNullable<EvaluationResult['floor']>): string {
  const points = 100 * (accuracy - floor.accuracy);
  const verdict = points > 0 ? `${points.toFixed(1)} points better` : 'not better';
  return `naive Bayes on the same rows: accuracy ${percent(floor.accuracy)}, macro F1 ${percent(floor.macro_f1)}; this model is ${verdict}`;
}

/** `87.5 %` */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Columns a text takes on a terminal: two for East Asian wide characters. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  return width;
}
