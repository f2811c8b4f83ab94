import type { ProvisionalMethod } from '../../protocol/status';
import type { Priority } from '../host/messages';
import type { Prediction, TextInput } from '../inference/prediction';
import { temper } from '../inference/tempered-bayes';
import type { LabelledRows } from './labelled-rows';

/** What predicts a file's rows from its own labelled ones while no model does. */
export interface Provisional {
  readonly method: ProvisionalMethod;
  /** Labelled rows that it was fitted on. */
  readonly rows: number;
  /** The labels in the order of the probabilities. */
  readonly labels: readonly string[];
  /** The prediction of a text if it is known. */
  get(input: TextInput): Prediction | undefined;
  /** Resolves when all `inputs` can be got. */
  want(inputs: readonly TextInput[], priority: Priority, signal: AbortSignal): Promise<void>;
}

/** Predictions kept: some screens full. */
const MOST_KEPT = 4096;

/**
 * A naive Bayes on the rows that are counted now; undefined while fewer than two labels have rows.
 * @param allowed the labels that count; others may be half typed or misspelt
 */
export function provisionalBayes(
  { model, counted }: LabelledRows,
  allowed: ReadonlySet<string> | undefined,
): Provisional | undefined {
  const labels = model.labels.flatMap((name, id) => (model.rowsOf(id) > 0 && (allowed?.has(name) ?? true) ? id : []));
  const tempered = temper(model, counted(), labels);
  if (!tempered) return undefined;
  const known = new Map<string, Prediction>();
  return {
    method: 'naive-bayes',
    rows: tempered.rows,
    labels: tempered.labels,
    get(input) {
      const key = `${input.text}\0${input.textB ?? ''}`;
      const before = known.get(key);
      if (before) return before;
      if (known.size >= MOST_KEPT) known.clear();
      const prediction = tempered.predict(input);
      known.set(key, prediction);
      return prediction;
    },
    want: () => Promise.resolve(),
  };
}
