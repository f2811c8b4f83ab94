import type { ProvisionalMethod } from '../../protocol/status';
import { RowlightError } from '../errors';
import type { ModelRef, Priority } from '../host/messages';
import type { TextFeatures } from '../host/predictions';
import { blend } from '../inference/blend';
import { headLogs, type FeatureHead } from '../inference/feature-head';
import type { Prediction, TextInput } from '../inference/prediction';
import { argmax } from '../inference/probabilities';
import { leaveDoubt, temper, type TemperedBayes } from '../inference/tempered-bayes';
import type { LabelledRows } from './labelled-rows';

/** What predicts a file's rows from its own labelled ones while no model does. */
export interface Provisional {
  readonly method: ProvisionalMethod;
  /** Name of the base model whose features are read. */
  readonly base?: string;
  /** Labelled rows that it was fitted on. */
  readonly rows: number;
  /** The labels in the order of the probabilities. */
  readonly labels: readonly string[];
  /** The prediction of a text if it is known. */
  get(input: TextInput): Prediction | undefined;
  /** Resolves when all `inputs` can be got. */
  want(inputs: readonly TextInput[], priority: Priority, signal: AbortSignal): Promise<void>;
}

/** A head and what it stands on. */
export interface FittedHead {
  readonly head: FeatureHead;
  readonly base: HeadBase;
  /** Its classes by name. */
  readonly labels: readonly string[];
}

/** The base model whose features a head reads. */
export interface HeadBase {
  readonly model: ModelRef;
  /** Short name for people. */
  readonly name: string;
}

/** Predictions kept: some screens full. */
const MOST_KEPT = 4096;

/**
 * A naive Bayes on the rows that are counted now; undefined while fewer than two labels have rows.
 * @param allowed the labels that count; others may be half typed or misspelt
 */
export function temperedRows(
  { model, counted }: LabelledRows,
  allowed: ReadonlySet<string> | undefined,
): TemperedBayes | undefined {
  const labels = model.labels.flatMap((name, id) => (model.rowsOf(id) > 0 && (allowed?.has(name) ?? true) ? id : []));
  return temper(model, counted(), labels);
}

/** What a naive Bayes predicts. */
export function provisionalBayes(tempered: TemperedBayes): Provisional {
  return {
    method: 'naive-bayes',
    rows: tempered.rows,
    labels: tempered.labels,
    get: remembered((input) => tempered.predict(input)),
    want: () => Promise.resolve(),
  };
}

/**
 * What a naive Bayes and a head predict together; the labels of both must be the same.
 * @param failed called when the base model fails: then the naive Bayes has to go on alone
 */
export function provisionalHead(
  tempered: TemperedBayes,
  { head, base, labels }: FittedHead,
  features: TextFeatures,
  failed: (error: unknown) => void,
): Provisional {
  return {
    method: 'head',
    base: base.name,
    rows: tempered.rows,
    labels,
    get: remembered((input) => {
      const own = features.get(base.model, input);
      if (!own) return undefined;
      const ofBayes = Float64Array.from(tempered.predict(input).probabilities, Math.log);
      const logs = blend(head.shares, headLogs(head, own), ofBayes);
      const probabilities = leaveDoubt(logs.map(Math.exp), tempered.rows);
      const best = argmax(probabilities);
      // No number where the base model's answer was none.
      const probability = probabilities.every(Number.isFinite) ? probabilities[best]! : Number.NaN;
      return { label: labels[best] ?? '', probability, probabilities, truncated: false, tokens: 0 };
    }),
    want: (inputs, priority, signal) =>
      features.want(base.model, inputs, priority, signal).catch((error: unknown) => {
        if (RowlightError.is(error, 'cancelled')) throw error;
        failed(error);
      }),
  };
}

function remembered(predict: (input: TextInput) => Prediction | undefined): Provisional['get'] {
  const known = new Map<string, Prediction>();
  return (input) => {
    const key = `${input.text}\0${input.textB ?? ''}`;
    const before = known.get(key);
    if (before) return before;
    if (known.size >= MOST_KEPT) known.clear();
    const prediction = predict(input);
    if (prediction) known.set(key, prediction);
    return prediction;
  };
}
