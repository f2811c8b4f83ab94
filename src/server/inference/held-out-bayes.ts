import type { NaiveBayes } from './naive-bayes';
import type { TextInput } from './prediction';
import type { CountedRow, TemperedBayes } from './tempered-bayes';

/** A counted row and its text. */
export interface HeldOutRow {
  readonly counted: CountedRow;
  readonly input: TextInput;
}

/** Rows predicted between two yields: some milliseconds. */
const CHUNK = 16;

/**
 * What a naive Bayes would say of its own rows if those of their fold weren't counted: logarithms of probabilities, `[rows, labels]`, in the
 * order of `tempered.labels`. The temperature stays that of all rows. The counts are whole again at each yield; they must not change meanwhile.
 */
export function* heldOutBayes(
  model: NaiveBayes,
  tempered: TemperedBayes,
  rows: readonly HeldOutRow[],
  folds: Int32Array,
): Generator<void, Float64Array> {
  const width = tempered.labels.length;
  const logs = new Float64Array(rows.length * width);
  for (const fold of new Set(folds)) {
    const own = [...rows.keys()].filter((row) => folds[row] === fold);
    const out = own.map((row) => rows[row]!.counted);
    for (let from = 0; from < own.length; from += CHUNK) {
      model.without(out, () => {
        for (const row of own.slice(from, from + CHUNK)) {
          const { probabilities } = tempered.predict(rows[row]!.input);
          logs.set(probabilities.map(Math.log), row * width);
        }
      });
      yield;
    }
  }
  return logs;
}
