import type { Tokenizer } from '../tokenizer/encoding';
import { type Encoded, padBatch } from '../model/logits';
import { shuffledIndices } from './random';
import type { LabelledBatch } from './stepper';

/** A labelled text as ids. */
export interface EncodedExample extends Encoded {
  /** Label id. */
  readonly label: number;
}

/** Each length that a training batch is padded to costs a session of its own; more than this many save hardly any padding. */
const MAXIMUM_BUCKETS = 8;

/**
 * Rows are sorted by length within windows of this many batches at most, and of a quarter of the rows (`LengthGroupedSampler` of transformers): wider
 * windows pad less, but a window of all rows would put the same rows together every epoch, which costs a small set a point or two of accuracy.
 */
const MOST_BATCHES_A_WINDOW = 50;

/**
 * Chooses the lengths that batches are padded to: at most eight, the last the longest of all, such that padding every length to the next of them
 * adds the fewest tokens. Exact, by dynamic programming over the lengths that occur.
 * @param lengths what is padded: see `batchLengths`
 */
export function chooseBuckets(lengths: Iterable<number>): number[] {
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1);
  const distinct = [...counts.keys()].sort((a, b) => a - b);
  const below = [0];
  for (const length of distinct) below.push(below.at(-1)! + counts.get(length)!);
  // cost[k][j]: fewest padded tokens of the j shortest lengths in k buckets; choice[k][j]: where the last of them begins.
  let cost = distinct.map((_, j) => below[j + 1]! * distinct[j]!);
  const choice: number[][] = [distinct.map(() => 0)];
  for (let k = 1; k < Math.min(MAXIMUM_BUCKETS, distinct.length); k++) {
    const next = [...cost];
    const begins = distinct.map(() => 0);
    for (let j = k; j < distinct.length; j++) {
      for (let i = k; i <= j; i++) {
        const total = cost[i - 1]! + (below[j + 1]! - below[i]!) * distinct[j]!;
        if (total < next[j]!) [next[j], begins[j]] = [total, i];
      }
    }
    cost = next;
    choice.push(begins);
  }
  const buckets: number[] = [];
  let end = distinct.length - 1;
  for (let k = choice.length - 1; k >= 0 && end >= 0; k--) {
    const begin = choice[k]![end]!;
    if (begin === 0 && k > 0) continue;
    buckets.unshift(distinct[end]!);
    end = begin - 1;
  }
  return buckets;
}

/**
 * The batches of one epoch: which rows go together, in order. Rows are shuffled, sorted by length in windows, cut into batches, and the batches
 * shuffled. A function of seed and epoch alone, so that a resumed run goes on with the very same.
 * @param lengths tokens of each row
 */
export function planEpoch(lengths: ArrayLike<number>, batchSize: number, seed: number, epoch: number): Uint32Array[] {
  const order = shuffledIndices(lengths.length, seed, 2 * epoch);
  const batchesAWindow = Math.floor(lengths.length / (4 * batchSize));
  const window = batchSize * Math.min(MOST_BATCHES_A_WINDOW, Math.max(1, batchesAWindow));
  for (let from = 0; from < order.length; from += window)
    order.subarray(from, from + window).sort((a, b) => lengths[a]! - lengths[b]!);
  const batches: Uint32Array[] = [];
  for (let from = 0; from < order.length; from += batchSize) batches.push(order.subarray(from, from + batchSize));
  return [...shuffledIndices(batches.length, seed, 2 * epoch + 1)].map((batch) => batches[batch]!);
}

/**
 * What buckets are chosen for: the longest row of each batch of the first epoch, which stands for all, and of all rows.
 * @param lengths tokens of each row
 */
export function batchLengths(lengths: readonly number[], batchSize: number, seed: number): number[] {
  const longest = (rows: Uint32Array) => rows.reduce((most, row) => Math.max(most, lengths[row]!), 0);
  return [
    ...planEpoch(lengths, batchSize, seed, 0).map(longest),
    lengths.reduce((most, length) => Math.max(most, length)),
  ];
}

/** Makes a batch of a fixed number of rows, padded to the next bucket; rows that fill it up have weight 0. */
export function makeBatch(
  examples: readonly EncodedExample[],
  batchSize: number,
  buckets: readonly number[],
  tokenizer: Pick<Tokenizer, 'padId'>,
): LabelledBatch {
  const longest = Math.max(...examples.map(({ ids }) => ids.length));
  const T = buckets.find((bucket) => bucket >= longest) ?? longest;
  const labels = new Int32Array(batchSize);
  const weights = new Float32Array(batchSize);
  examples.forEach(({ label }, row) => {
    labels[row] = label;
    weights[row] = 1;
  });
  return { ...padBatch(examples, T, tokenizer.padId, batchSize), labels, weights };
}
