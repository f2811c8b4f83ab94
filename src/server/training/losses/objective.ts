import { RowlightError } from '../../errors';
import type { LossName, LossSettings } from './loss';

/** A training objective as a person writes it down. */
export interface Objective {
  readonly loss: LossName;
  /** `none`, `balanced`, or weights by label: `广告=3,正常=1`; labels left out weigh 1. */
  readonly classWeights: string;
  readonly labelSmoothing: number;
  readonly focalGamma: number;
  /** The positive label of a binary task. */
  readonly positive?: string;
}

/** What BERT is fine-tuned with where nobody says otherwise; 2 is the paper's gamma. */
export const DEFAULT_OBJECTIVE: Objective = {
  loss: 'cross-entropy',
  classWeights: 'none',
  labelSmoothing: 0,
  focalGamma: 2,
};

/**
 * The loss of an objective for a label set. Class weights are counted on the rows to learn from alone: counted on all rows they would carry
 * the held-out rows' labels into training.
 * @param truth label ids of the rows to learn from; with `sets`, of theirs
 */
export function lossSettings(
  objective: Objective,
  labels: readonly string[],
  truth: Iterable<number>,
  sets?: LossSettings['sets'],
): LossSettings {
  const { loss, labelSmoothing, focalGamma, positive } = objective;
  if (labelSmoothing > 0 && loss !== 'cross-entropy') refuse(`--label-smoothing goes with --loss cross-entropy only`);
  if (objective.classWeights !== 'none' && loss === 'soft-f1')
    refuse('--class-weights has no meaning for --loss soft-f1, which counts every label the same by itself');
  const id = positive === undefined ? -1 : labels.indexOf(positive);
  if (positive !== undefined && id < 0)
    refuse(`--positive ${positive}: no such label; there are: ${labels.join(', ')}`);
  if (sets !== undefined && loss === 'focal')
    refuse('--loss focal is for one label a row; use cross-entropy or soft-f1');
  const count = sets
    ? (own: readonly string[]) => missing(own, truth, sets)
    : (own: readonly string[]) => balanced(own, truth);
  const weights = classWeightsOf(objective.classWeights, labels, count);
  return {
    name: loss,
    labelSmoothing,
    focalGamma,
    ...(weights === undefined ? {} : { classWeights: weights }),
    ...(id < 0 ? {} : { positive: id }),
    ...(sets === undefined ? {} : { sets }),
  };
}

/** scikit-learn's `balanced`: rows / (labels · rows of the label), so that every label weighs the same in all. */
function balanced(labels: readonly string[], truth: Iterable<number>): number[] {
  const counts = labels.map(() => 0);
  let rows = 0;
  for (const id of truth) {
    counts[id]!++;
    rows++;
  }
  return counts.map((count) => (count === 0 ? 1 : rows / (labels.length * count)));
}

/** Rows without a label for each that has it, so that both sides weigh the same (`pos_weight` of torch). */
function missing(labels: readonly string[], truth: Iterable<number>, sets: readonly (readonly number[])[]): number[] {
  const counts = labels.map(() => 0);
  let rows = 0;
  for (const set of truth) {
    for (const label of sets[set] ?? []) counts[label]!++;
    rows++;
  }
  return counts.map((count) => (count === 0 || count === rows ? 1 : (rows - count) / count));
}

function classWeightsOf(
  text: string,
  labels: readonly string[],
  count: (labels: readonly string[]) => number[],
): number[] | undefined {
  if (text === 'none') return undefined;
  if (text === 'balanced') return count(labels);
  const weights = labels.map(() => 1);
  for (const part of text.split(',')) {
    // A label may hold `=` itself: the last one counts.
    const at = part.lastIndexOf('=');
    const [name, value] = [part.slice(0, at).trim(), Number(part.slice(at + 1))];
    const id = labels.indexOf(name);
    if (at < 0 || !(value > 0) || !Number.isFinite(value))
      refuse(`--class-weights ${part}: write none, balanced, or LABEL=WEIGHT with a weight above 0`);
    if (id < 0) refuse(`--class-weights ${part}: no such label; there are: ${labels.join(', ')}`);
    weights[id] = value;
  }
  return weights;
}

function refuse(message: string): never {
  throw new RowlightError('bad-argument', message);
}
