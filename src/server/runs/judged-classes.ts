import { join } from 'node:path';
import type { SetView } from '../../protocol/metrics';
import { splitLabels } from '../data/multi-label';
import { RowlightError } from '../errors';
import { multiHot } from '../training/classes';
import { type LabelScore, scorePredictions } from '../training/metrics';
import { decide, scoreSets } from '../training/multi-label-metrics';
import { PREDICTIONS_FILE } from './predictions';
import type { RunRecord } from './run-folder';

/** The cells of judged rows as numbers, by which they are scored. */
export interface JudgedClasses {
  /** A label's id; of several labels a row the number of their set. Throws with reason `bad-data` for what the run has no label for. */
  idOf(cell: string): number;
  /** Label ids of each set, where rows have several labels: all that `idOf` was asked for so far. */
  readonly sets?: readonly (readonly number[])[];
}

/** How a run's cells are numbered. @param labels in whose order labels have their ids */
export function judgedClasses(
  folder: string,
  { multiLabel }: Pick<RunRecord, 'multiLabel'>,
  labels: readonly string[],
): JudgedClasses {
  const ids = new Map(labels.map((label, id) => [label, id]));
  const labelId = (label: string): number => {
    const id = ids.get(label);
    if (id !== undefined) return id;
    const file = join(folder, PREDICTIONS_FILE);
    throw new RowlightError('bad-data', `${file}: "${label.slice(0, 40)}" is no label of the run; evaluate it again`);
  };
  if (multiLabel === undefined) return { idOf: labelId };
  const sets: number[][] = [];
  const numbers = new Map<string, number>();
  return {
    sets,
    idOf(cell) {
      const own = splitLabels(cell, multiLabel).map(labelId).sort((a, b) => a - b); // prettier-ignore
      const key = own.join(' ');
      const known = numbers.get(key) ?? sets.push(own) - 1;
      numbers.set(key, known);
      return known;
    },
  };
}

/** Scores of every label, with what there is beside them for the task: confusions, or what is wrong in sets. */
export function scoreClasses(
  truth: Int32Array,
  predicted: Int32Array,
  labels: readonly string[],
  sets: JudgedClasses['sets'],
): { perLabel: readonly LabelScore[]; confusion: readonly (readonly number[])[]; sets?: SetView } {
  if (sets === undefined) {
    const { perLabel, confusion } = scorePredictions(truth, predicted, labels);
    return { perLabel, confusion };
  }
  const width = labels.length;
  const [own, given] = [multiHot(truth, sets, width), multiHot(predicted, sets, width)];
  const { perLabel, micro, hammingLoss } = scoreSets(own, decide(given), labels);
  const errors = labels.map((_, id) => {
    const count = (has: Uint8Array, lacks: Uint8Array) =>
      truth.reduce((sum, _id, row) => sum + Number(has[row * width + id]! > lacks[row * width + id]!), 0);
    return { missing: count(own, given), extra: count(given, own) };
  });
  return { perLabel, confusion: [], sets: { microF1: micro.f1, hammingLoss, errors } };
}
