import type { Dataset } from '../../data/dataset';
import { tsvLine } from '../../data/encode-cell';
import type { CollectedRows } from './collect';

/** What probabilities, a label each, mean as the cell of a row. */
export type PredictionOf = (probabilities: ArrayLike<number>) => string;

/** Name of the file with every labelled row as the model of its fold judges it. */
export const OUT_OF_FOLD_FILE = 'out-of-fold.tsv';

/** Name of the file with the rows of the test file as the folds' models judge them together. */
export const TEST_FILE = 'test-predictions.tsv';

/**
 * The labelled rows in file order, as TSV with a header: the columns of the data, `label` (as it was read), `prediction`, `fold` (from 1) and a
 * probability a label. A label column that is called `label` has the label as read, once; another column of the data whose name is one
 * of the added ones' is called `input_…`.
 */
export function outOfFoldTable(dataset: Dataset, rows: CollectedRows, predictionOf: PredictionOf): string {
  const { labels } = rows;
  const { columns } = dataset;
  const own = columns.label?.name === 'label' ? columns.label.index : undefined;
  const added = [...(own === undefined ? ['label'] : []), 'prediction', 'fold', ...labels.map(probabilityColumn)];
  const taken = new Set(own === undefined ? added : ['label', ...added]);
  const names = columns.names.map((name, index) => (index !== own && taken.has(name) ? `input_${name}` : name));
  const lines = rows.examples.map(({ row, label }, at) => {
    const cells = filled(dataset, row);
    if (own !== undefined) cells[own] = label!;
    const probabilities = rows.probabilities.subarray(at * labels.length, (at + 1) * labels.length);
    return [
      ...cells,
      ...(own === undefined ? [label!] : []),
      predictionOf(probabilities),
      String(rows.fold[at]! + 1),
      ...Array.from(probabilities, shown),
    ];
  });
  return [[...names, ...added], ...lines].map(tsvLine).join('');
}

/** Every row of the test file, as TSV with a header: its columns, `prediction` and a probability a label, both empty for a row without a text. */
export function testTable(
  dataset: Dataset,
  labels: readonly string[],
  answers: ReadonlyMap<number, { readonly prediction: string; readonly probabilities: readonly number[] }>,
): string {
  const added = ['prediction', ...labels.map(probabilityColumn)];
  const names = dataset.columns.names.map((name) => (added.includes(name) ? `input_${name}` : name));
  const lines = dataset.rows.map((_, row) => {
    const answer = answers.get(row);
    const cells = answer ? [answer.prediction, ...answer.probabilities.map(shown)] : added.map(() => '');
    return [...filled(dataset, row), ...cells];
  });
  return [[...names, ...added], ...lines].map(tsvLine).join('');
}

function probabilityColumn(label: string): string {
  return `probability_${label}`;
}

/** A ragged row is filled up, so that the new columns stand in their place. */
function filled({ rows, columns }: Dataset, row: number): string[] {
  const cells = rows[row] ?? [];
  return [...cells, ...Array<string>(Math.max(0, columns.names.length - cells.length)).fill('')];
}

/** Nine digits: as many as tell any two float32 apart, so that no two rows come to be equal by rounding. */
function shown(probability: number): string {
  return String(Number(probability.toPrecision(9)));
}
