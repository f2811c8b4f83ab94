import type { ConfusionCell, Judgement } from '../protocol/metrics';

/**
 * The labels that a picture of the confusion matrix shows, as positions in `labels` and in their order: those that occur, and of more than `most` those
 * with the most mistakes, either way.
 */
export function shownLabels({ labels, confusion }: Pick<Judgement, 'labels' | 'confusion'>, most: number): number[] {
  const mistakes = new Map<number, number>();
  for (const { label, prediction, rows } of confusion) {
    for (const id of [label, prediction]) mistakes.set(id, (mistakes.get(id) ?? 0) + (label === prediction ? 0 : rows));
  }
  const occurring = labels.flatMap((_, id) => (mistakes.has(id) ? [id] : []));
  if (occurring.length <= most) return occurring;
  return occurring
    .sort((a, b) => (mistakes.get(b) ?? 0) - (mistakes.get(a) ?? 0) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}

/** The confusions with the most rows, the greatest first. */
export function topConfusions(confusion: readonly ConfusionCell[], most: number): ConfusionCell[] {
  return confusion
    .filter(({ label, prediction }) => label !== prediction)
    .sort((a, b) => b.rows - a.rows || a.label - b.label || a.prediction - b.prediction)
    .slice(0, most);
}
