import type { Example } from '../data/example';
import { type MultiLabel, splitLabels } from '../data/multi-label';
import type { BertConfig } from '../model/config';
import { type TrainScope, firstTrainedLayer } from './scope';
import { duplicateKey } from './split';
import { activationBytes } from './stepper';
import type { AdamW, OptimizerState } from './adamw';
import type { Weights } from '../model/tensor-map';

/** Rows below which a label is named before a run: fewer teach little, and their scores are chance. */
export const FEW_ROWS = 5;

/** What the rows of a run are like, to be looked at before it starts. */
export interface RowsBeforeStart {
  /** Rows to learn from by label, in the order of the labels. */
  readonly labels: readonly { readonly label: string; readonly rows: number }[];
  /** Texts that are cut to the length limit, of all that learn or judge. */
  readonly truncated: number;
  readonly texts: number;
  /** Held-out rows that say the same as a row to learn from. */
  readonly leaked: number;
}

/** Bytes that training holds, by part; all but the first are of what is trained. */
export interface MemoryBeforeStart {
  readonly weights: number;
  readonly gradients: number;
  readonly moments: number;
  /** Of one step on the longest batch, as it goes through the model at once; an estimate. */
  readonly activations: number;
  /** Rows and tokens a row of that batch. */
  readonly rows: number;
  readonly length: number;
}

/** An encoded text, as far as it matters here. */
interface Cut {
  readonly truncated: boolean;
}

/** Looks at the rows of a run. */
export function lookAtRows(
  data: {
    readonly train: readonly Example[];
    readonly heldOut: readonly Example[];
    readonly labels: readonly string[];
    readonly multiLabel?: MultiLabel;
  },
  encoded: { readonly train: readonly Cut[]; readonly heldOut: readonly Cut[] },
): RowsBeforeStart {
  const rows = new Map(data.labels.map((label) => [label, 0]));
  for (const { label = '' } of data.train) {
    const own = data.multiLabel ? splitLabels(label, data.multiLabel) : [label];
    for (const one of own) rows.set(one, (rows.get(one) ?? 0) + 1);
  }
  const all = [...encoded.train, ...encoded.heldOut];
  return {
    labels: data.labels.map((label) => ({ label, rows: rows.get(label) ?? 0 })),
    truncated: all.filter(({ truncated }) => truncated).length,
    texts: all.length,
    leaked: leakedRows(data.train, data.heldOut),
  };
}

/** How many held-out rows say the same as a row to learn from: what a model has learnt by heart is no measure of it. */
export function leakedRows(train: readonly Example[], heldOut: readonly Example[]): number {
  const known = new Set(train.map(duplicateKey));
  return heldOut.filter((example) => known.has(duplicateKey(example))).length;
}

/** Counts the memory of a stepper that was just made. @param length tokens of the longest batch @param parts a batch goes in */
export function countMemory(
  { weights, optimizer }: { readonly weights: Weights; readonly optimizer: OptimizerState & Partial<AdamW> },
  config: BertConfig,
  scope: TrainScope,
  { batchSize, parts, length }: { readonly batchSize: number; readonly parts: number; readonly length: number },
): MemoryBeforeStart {
  const bytes = (arrays: Iterable<{ readonly byteLength: number }>) =>
    [...arrays].reduce((sum, { byteLength }) => sum + byteLength, 0);
  const trained = bytes([...optimizer.weights.values()].map(({ data }) => data));
  const layers = config.layers - (firstTrainedLayer(scope, config.layers) ?? 0);
  const rows = Math.ceil(batchSize / parts);
  return {
    weights: bytes([...weights.values()].map(({ data }) => data)),
    // On a device all have one of their size; on the CPU that of the word table comes in rows.
    gradients: optimizer.gradients === undefined ? trained : bytes(optimizer.gradients.values()),
    moments: 2 * trained,
    activations: activationBytes({ ...config, layers }, rows, length),
    rows,
    length,
  };
}
