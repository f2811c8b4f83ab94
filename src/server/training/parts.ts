import type { HostTensor } from '../engine/engine';
import { type DropoutPlace } from '../model/bert';
import { maskName } from './dropout';
import type { LossName, LossSettings } from './losses/loss';
import type { LabelledBatch } from './stepper';

/*
 * Gradient accumulation: a batch goes through the model in parts, and their gradients add up to the batch's. A part's loss is a mean over its
 * own rows, so that it counts by its share of the batch's weight; masks are drawn for the batch and cut, so that the parts drop what the
 * batch would have dropped.
 */

/** Whether a loss is a mean over rows: only then do parts add up to the whole. Soft F1 is a quotient of sums over the batch. */
export function addsUp(name: LossName): boolean {
  return name !== 'soft-f1';
}

/** Rows of each part when a batch of B goes in `count` parts; the last may have fewer. */
export function rowsOfPart(B: number, count: number): number {
  return Math.ceil(B / count);
}

/**
 * The fewest parts with which a batch fits a budget, halving them each time; rows alone where nothing does.
 * @param bytes what a session for so many rows holds
 */
export function fewestParts(bytes: (rows: number) => number, B: number, budget: number): number {
  let count = 1;
  while (rowsOfPart(B, count) > 1 && bytes(rowsOfPart(B, count)) > budget) count *= 2;
  return Math.min(count, B);
}

/** A part of a batch, and by how much of it the batch's loss is made. */
export interface Part {
  readonly batch: LabelledBatch;
  readonly share: number;
  /** The first of its rows. */
  readonly from: number;
}

/** Cuts a batch into `count` parts of as many rows each; a part that would hold nothing but filling is left out. */
export function partsOf(batch: LabelledBatch, count: number, loss: LossSettings): Part[] {
  const rows = rowsOfPart(batch.B, count);
  const total = weightOf(batch, loss, 0, batch.B);
  const parts: Part[] = [];
  for (let from = 0; from < batch.B; from += rows) {
    const weight = weightOf(batch, loss, from, Math.min(batch.B, from + rows));
    if (weight > 0) parts.push({ batch: cut(batch, from, rows), share: weight / total, from });
  }
  return parts;
}

/** What the mean of a loss is over: the rows' weights, times those of their classes. */
function weightOf(
  { labels, weights }: LabelledBatch,
  { classWeights: given, sets }: LossSettings,
  from: number,
  to: number,
): number {
  // Weights of labels within a set have no part in its mean.
  const classWeights = sets === undefined ? given : undefined;
  let sum = 0;
  for (let row = from; row < to; row++) sum += weights[row]! * (classWeights?.[labels[row]!] ?? 1);
  return sum;
}

/** Rows of a batch; beyond its end the first row again, with weight 0, since graphs have a fixed number of rows. */
function cut(batch: LabelledBatch, from: number, rows: number): LabelledBatch {
  const { T, B } = batch;
  const take = <Data extends Int32Array | Float32Array>(data: Data, width: number): Data => {
    const part = data.slice(from * width, (from + rows) * width) as Data;
    if (part.length === rows * width) return part;
    const whole = new (data.constructor as new (length: number) => Data)(rows * width);
    whole.set(part);
    for (let row = B - from; row < rows; row++) whole.set(data.subarray(0, width), row * width);
    return whole;
  };
  const weights = take(batch.weights, 1);
  weights.fill(0, B - from);
  return {
    B: rows,
    T,
    ids: take(batch.ids, T),
    mask: take(batch.mask, T),
    typeIds: take(batch.typeIds, T),
    encodings: batch.encodings.slice(from, from + rows),
    labels: take(batch.labels, 1),
    weights,
  };
}

/** The masks of a part: the batch's, from the part's first row on; what lies beyond them belongs to filling and keeps everything. */
export function masksOfPart(
  masks: Readonly<Record<string, HostTensor>>,
  places: readonly DropoutPlace[],
  B: number,
  from: number,
): Record<string, HostTensor> {
  return Object.fromEntries(
    places.map(({ place, shape }) => {
      const whole = masks[maskName(place)]!;
      const length = shape.reduce((product, size) => product * size, 1);
      const start = from * (whole.data.length / B);
      let data = (whole.data as Uint8Array).subarray(start, start + length);
      if (data.length < length) {
        const filled = new Uint8Array(length).fill(1);
        filled.set(data);
        data = filled;
      }
      return [maskName(place), { dtype: 'uint8', shape, data }];
    }),
  );
}
