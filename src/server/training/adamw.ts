import type { Weights } from '../model/tensor-map';
import { type Rates, type TrainedTensor, allocateTensors } from './update-kernel';

/**
 * AdamW as BERT is trained with it (Loshchilov & Hutter 2017; `torch.optim.AdamW`): bias-corrected moments, decay decoupled from the gradient and
 * none for norms and biases. Everything is updated in place.
 */
export interface AdamW extends OptimizerState {
  /** Where the gradients of the next update are to be written, by weight name; none for tables. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /**
   * Updates all weights.
   * @param rows gradients of the tables by weight name
   * @param learningRate the rate of this step
   * @param scale a factor for every gradient: 1, or less where they are clipped
   */
  update(rows: ReadonlyMap<string, RowGradient>, learningRate: number, scale: number): void;
}

/** What an optimizer has made of the weights, for checkpoints. */
export interface OptimizerState {
  /** What is trained. */
  readonly weights: Weights;
  /** First and second moments by weight name. */
  readonly moments: ReadonlyMap<string, Moments>;
  /** The number of updates made. */
  steps(): number;
}

/** Moving averages of gradients and of their squares. */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** The gradient of a table of which a batch looked up some rows: each row once, in any order. */
export interface RowGradient {
  readonly rows: Int32Array;
  /** `[rows.length, width]` */
  readonly values: Float32Array;
}

/** What the optimizer leaves to choose. */
export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** BERT's settings (optimization.py of google-research/bert). */
export const BERT_ADAMW: AdamWSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0.01 };

/** Whether a weight decays: all but biases and layer norms. */
export function decays(name: string): boolean {
  return !name.endsWith('.bias') && !name.includes('LayerNorm');
}

/**
 * @param initial the weights to start from. They are copied and the map is emptied, so that their memory can be freed: of a large model every
 * copy counts
 * @param tables names of weights whose gradient comes by rows
 * @param state moments and count of a run that is resumed; emptied, too
 */
export function createAdamW(
  initial: Weights,
  tables: ReadonlySet<string>,
  settings: AdamWSettings = BERT_ADAMW,
  state?: { readonly moments: Map<string, Moments>; readonly steps: number },
): AdamW {
  const sizes = [...initial].map(([name, { data, shape }]) => {
    const gradientLength = tables.has(name) ? shape[1]! : data.length;
    return [name, { length: data.length, gradientLength }] as const;
  });
  const tensors = allocateTensors(new Map(sizes));
  const weights: Weights = new Map();
  const touched = new Map<string, Uint8Array>();
  for (const [name, { data, shape }] of initial) {
    const tensor = tensors.get(name)!;
    tensor.weight.set(data);
    const moments = state?.moments.get(name);
    if (moments !== undefined) {
      tensor.first.set(moments.first);
      tensor.second.set(moments.second);
    }
    weights.set(name, { shape, data: tensor.weight });
    if (tables.has(name)) touched.set(name, rowsWithMoments(tensor, shape[1]!));
  }
  initial.clear();
  state?.moments.clear();
  let steps = state?.steps ?? 0;

  return {
    weights,
    gradients: new Map(
      [...tensors].filter(([name]) => !tables.has(name)).map(([name, { gradient }]) => [name, gradient]),
    ),
    moments: tensors,
    steps: () => steps,
    update(rows, learningRate, scale) {
      steps++;
      const rates = stepRates(settings, learningRate, steps, scale);
      for (const [name, tensor] of tensors) {
        const decay = decays(name) ? 1 - learningRate * settings.weightDecay : 1;
        const known = touched.get(name);
        if (known === undefined) tensor.update(0, 0, tensor.weight.length, decay, rates);
        else updateRows(tensor, rows.get(name), known, decay, rates);
      }
    },
  };
}

/** The factors of one step. */
export function stepRates(
  { beta1, beta2, epsilon }: AdamWSettings,
  learningRate: number,
  step: number,
  scale: number,
): Rates {
  return {
    beta1,
    beta2,
    epsilon,
    scale,
    rate: learningRate / (1 - beta1 ** step),
    correction: 1 / Math.sqrt(1 - beta2 ** step),
  };
}

/**
 * Updates a table. Rows with a gradient move by it; rows that had one before still move by their momentum; all others only decay, which is why
 * a large vocabulary costs little.
 */
function updateRows(
  tensor: TrainedTensor,
  given: RowGradient | undefined,
  touched: Uint8Array,
  decay: number,
  rates: Rates,
): void {
  const { weight, gradient } = tensor;
  const width = gradient.length;
  // As the kernel would do it, in single precision.
  const shrink = Math.fround(decay);
  const now = new Uint8Array(touched.length);
  for (let i = 0; i < (given?.rows.length ?? 0); i++) {
    const row = given!.rows[i]!;
    gradient.set(given!.values.subarray(i * width, (i + 1) * width));
    tensor.update(row * width, 0, width, decay, rates);
    now[row] = 1;
    touched[row] = 1;
  }
  gradient.fill(0);
  for (let row = 0; row < touched.length; row++) {
    if (now[row] === 1) continue;
    const at = row * width;
    if (touched[row] === 1) tensor.update(at, 0, width, decay, rates);
    else if (decay !== 1) for (let i = at; i < at + width; i++) weight[i] = weight[i]! * shrink;
  }
}

/** Which rows have moments other than zero: those a resumed run had touched. */
function rowsWithMoments({ weight, second }: TrainedTensor, width: number): Uint8Array {
  const touched = new Uint8Array(weight.length / width);
  for (let i = 0; i < second.length; i++) if (second[i] !== 0) touched[Math.floor(i / width)] = 1;
  return touched;
}

/**
 * Adds up the gradients of looked-up rows by row, in batch order: deterministic, where a parallel scatter is not.
 * @param ids the row each gradient belongs to
 * @param values `[ids.length, width]`
 */
export function sumRows(ids: Int32Array, values: Float32Array, width: number): RowGradient {
  const place = new Map<number, number>();
  for (const id of ids) if (!place.has(id)) place.set(id, place.size);
  const sums = new Float32Array(place.size * width);
  for (let i = 0; i < ids.length; i++) {
    const [from, to] = [i * width, place.get(ids[i]!)! * width];
    for (let j = 0; j < width; j++) sums[to + j] = sums[to + j]! + values[from + j]!;
  }
  return { rows: Int32Array.from(place.keys()), values: sums };
}

/** The sum of squares. */
export function squaredNorm(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
