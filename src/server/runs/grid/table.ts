import type { GridRun } from './make-grid';
import type { Variation } from './record';

/** Name of the file with the table of a grid. */
export const TABLE_FILE = 'grid.tsv';

/** The runs in their order as TSV with a header: the varied options, macro F1, loss and accuracy of the best checkpoint, steps, folder. */
export function gridTable(vary: readonly Variation[], runs: readonly GridRun[]): string {
  const header = [...vary.map(({ name }) => name), 'macro_f1', 'loss', 'accuracy', 'steps', 'run'];
  const lines = runs.map(({ run, point, scores, steps }) => [
    ...vary.map(({ name }) => point.get(name) ?? ''),
    ...[scores.macroF1, scores.loss, scores.accuracy].map((score) => score.toFixed(6)),
    String(steps),
    run,
  ]);
  return [header, ...lines].map((cells) => `${cells.join('\t')}\n`).join('');
}
