import type { LabelScore } from '../training/metrics';

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
  /** A naive Bayes of characters or words, fitted on the training rows and judged on the same rows: what a BERT must beat. */
  readonly floor?: { readonly accuracy: number; readonly macro_f1: number };
  readonly rows: number;
  readonly per_label: readonly LabelScore[];
}

/** The result as a person reads it. */
export function reportLines(result: EvaluationResult): string[] {
  const width = Math.max(5, ...result.per_label.map(({ label }) => displayWidth(label)));
  const pad = (label: string) => label + ' '.repeat(width - displayWidth(label));
  const line = (label: string, cells: readonly string[]) =>
    `${pad(label)}  ${cells.map((cell) => cell.padStart(9)).join(' ')}`;
  return [
    line('label', ['precision', 'recall', 'F1', 'rows']),
    ...result.per_label.map(({ label, precision, recall, f1, support }) =>
      line(label, [percent(precision), percent(recall), percent(f1), String(support)]),
    ),
    '',
    ...(result.floor === undefined ? [] : [floorLine(result.eval_accuracy, result.floor), '']),
    `eval_accuracy = ${result.eval_accuracy.toFixed(6)}`,
    `eval_loss = ${result.eval_loss.toFixed(6)}`,
    `eval_macro_f1 = ${result.eval_macro_f1.toFixed(6)}`,
    ...(result.global_step === undefined ? [] : [`global_step = ${result.global_step}`]),
    `loss = ${result.loss.toFixed(6)}`,
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
