import type { Comparison } from '../../protocol/run-actions';
import { splitLabels } from '../data/multi-label';
import { multiHot } from '../training/classes';
import { scorePredictions } from '../training/metrics';
import { scoreSets } from '../training/multi-label-metrics';
import type { JudgedRow } from './predictions';

/** Fewest rows, and least share of the new model's held-out rows, that speak for all of them. */
const ENOUGH_ROWS = 100;
const ENOUGH_SHARE = 0.5;

/** Scores two models on the rows that both of them judged without having learnt from them; undefined where these are too few. As {@link comparePredictions}. */
export function compareOnSharedRows(
  ours: readonly JudgedRow[],
  theirs: readonly JudgedRow[],
  delimiter?: string,
): Comparison | undefined {
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
    delimiter,
  );
}

/**
 * Scores two models on the same rows: what the new one predicted stands in the rows, what the former one predicts in `theirs`.
 * @param delimiter between the labels of a cell, where rows have several: each label is then judged by itself, and accuracy is that of whole sets
 */
export function comparePredictions(
  rows: readonly JudgedRow[],
  theirs: readonly string[],
  delimiter?: string,
): Comparison {
  const score = delimiter === undefined ? scorer(rows, theirs) : setScorer(rows, theirs, delimiter);
  return { rows: rows.length, ours: score(rows.map(({ prediction }) => prediction)), theirs: score(theirs) };
}

type Score = (predicted: readonly string[]) => { accuracy: number; macroF1: number };

function scorer(rows: readonly JudgedRow[], theirs: readonly string[]): Score {
  const labels = [...new Set(rows.flatMap((row, at) => [row.label, row.prediction, theirs[at]!]))];
  const ids = new Map(labels.map((label, id) => [label, id]));
  const id = (label: string): number => ids.get(label)!;
  const truth = rows.map(({ label }) => id(label));
  return (predicted) => scorePredictions(truth, predicted.map(id), labels);
}

function setScorer(rows: readonly JudgedRow[], theirs: readonly string[], delimiter: string): Score {
  const split = (cell: string) => splitLabels(cell, { delimiter });
  const labels = [...new Set(rows.flatMap((row, at) => [row.label, row.prediction, theirs[at]!].flatMap(split)))];
  const hot = (cells: readonly string[]) => {
    const sets = cells.map((cell) => split(cell).map((label) => labels.indexOf(label)));
    return multiHot([...sets.keys()], sets, labels.length);
  };
  const truth = hot(rows.map(({ label }) => label));
  return (predicted) => {
    const { accuracy, macro } = scoreSets(truth, hot(predicted), labels);
    return { accuracy, macroF1: macro.f1 };
  };
}
