import { argmax } from '../inference/probabilities';
import { confidencesOf } from './calibration';

/** How probable a label must be for its predictions to be as precise as was wished, and what that costs. */
export interface Threshold {
  readonly label: string;
  /** Predictions at least as probable are taken; null where no threshold is high enough. */
  readonly threshold: number | null;
  /** Of the rows predicted as this label, those that are taken. */
  readonly accepted: number;
  readonly predicted: number;
  /** Share of the taken rows that have the label; 0 where none is taken. */
  readonly precision: number;
  /** Share of the label's rows that are taken and right, and the share that was right without a threshold; 0 for a label without rows. */
  readonly recall: number;
  readonly recallOfAll: number;
}

/**
 * The lowest threshold of each label under which, on these rows, at least `wished` of what is predicted as it has it. Equal probabilities stand or
 * fall together.
 * @param probabilities `[rows, labels]`, flat @param truth a label id a row
 */
export function thresholdsFor(
  probabilities: Float64Array,
  truth: Int32Array,
  labels: readonly string[],
  wished: number,
): Threshold[] {
  const width = labels.length;
  const [confidences, right] = confidencesOf(probabilities, truth);
  const byLabel = labels.map((): number[] => []);
  confidences.forEach((_, row) => byLabel[argmax(probabilities.subarray(row * width, (row + 1) * width))]!.push(row));
  const support = new Int32Array(width);
  for (const id of truth) support[id]!++;
  return labels.map((label, id): Threshold => {
    const rows = byLabel[id]!.sort((a, b) => confidences[b]! - confidences[a]!);
    let [hits, taken, hitsTaken] = [0, 0, 0];
    rows.forEach((row, at) => {
      hits += Number(right[row]);
      const next = rows[at + 1];
      const whole = next === undefined || confidences[next]! < confidences[row]!;
      if (whole && hits >= wished * (at + 1)) [taken, hitsTaken] = [at + 1, hits];
    });
    const share = (part: number, all: number): number => (all === 0 ? 0 : part / all);
    return {
      label,
      threshold: taken === 0 ? null : confidences[rows[taken - 1]!]!,
      accepted: taken,
      predicted: rows.length,
      precision: share(hitsTaken, taken),
      recall: share(hitsTaken, support[id]!),
      recallOfAll: share(hits, support[id]!),
    };
  });
}
