import type { Comparison } from '../../protocol/run-actions';
import { scorePredictions } from '../training/metrics';
import type { JudgedRow } from './predictions';

/** Fewest rows, and least share of the new model's held-out rows, that speak for all of them. */
const ENOUGH_ROWS = 100;
const ENOUGH_SHARE = 0.5;

/** Scores two models on the rows that both of them judged without having learnt from them; undefined where these are too few. */
export function compareOnSharedRows(ours: readonly JudgedRow[], theirs: readonly JudgedRow[]): Comparison | undefined {
  const known = new Map(theirs.map((row) => [row.hash, row]));
  const shared = ours.flatMap((row) => {
    const other = known.get(row.hash);
    // A label that was corrected in between would count for the one and against the other.
    return other && other.label === row.label ? [{ row, other: other.prediction }] : [];
  });
  if (shared.length === 0) return undefined;
  if (shared.length < ENOUGH_ROWS && shared.length < ours.length * ENOUGH_SHARE) return undefined;
  return comparePredictions(
    shared.map(({ row }) => row),
    shared.map(({ other }) => other),
  );
}

/** Scores two models on the same rows: what the new one predicted stands in the rows, what the former one predicts in `theirs`. */
export function comparePredictions(rows: readonly JudgedRow[], theirs: readonly string[]): Comparison {
  const labels = [...new Set(rows.flatMap((row, at) => [row.label, row.prediction, theirs[at]!]))];
  const ids = new Map(labels.map((label, id) => [label, id]));
  const id = (label: string): number => ids.get(label)!;
  const truth = rows.map(({ label }) => id(label));
  const score = (predicted: readonly string[]) => {
    const { accuracy, macroF1 } = scorePredictions(truth, predicted.map(id), labels);
    return { accuracy, macroF1 };
  };
  return { rows: rows.length, ours: score(rows.map(({ prediction }) => prediction)), theirs: score(theirs) };
}
