import type { Weight, Weights } from '../model/tensor-map';

/**
 * AdamW as BERT is trained with it (Loshchilov & Hutter 2017; `torch.optim.AdamW`): bias-corrected moments, decay decoupled from the gradient and
 * none for norms and biases. Everything is updated in place.
 */
export interface AdamW {
  /** First and second moments by weight name, for checkpoints. */
  readonly moments: ReadonlyMap<string, Moments>;
  /** The number of updates made. */
  steps(): number;
  /**
   * Updates all weights.
   * @param gradients dense gradients by weight name
   * @param rows gradients of table rows by weight name, see `RowGradient`
   * @param learningRate the rate of this step
   * @param scale a factor for every gradient: 1, or less where they are clipped
   */
  update(
    gradients: ReadonlyMap<string, Float32Array>,
    rows: ReadonlyMap<string, RowGradient>,
    learningRate: number,
    scale: number,
  ): void;
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

/** What the optimizer leaves to choose. Defaults: BERT's. */
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
 * @param weights what is trained; their arrays are written
 * @param state moments and count of a run that is resumed
 */
export function createAdamW(
  weights: Weights,
  settings: AdamWSettings = BERT_ADAMW,
  state?: { moments: ReadonlyMap<string, Moments>; steps: number },
): AdamW {
  const moments = new Map<string, Moments>();
  for (const [name, { data }] of weights) {
    const given = state?.moments.get(name);
    moments.set(name, given ?? { first: new Float32Array(data.length), second: new Float32Array(data.length) });
  }
  const touched = new Map<string, Uint8Array>();
  let steps = state?.steps ?? 0;

  return {
    moments,
    steps: () => steps,
    update(gradients, rows, learningRate, scale) {
      steps++;
      const rates = stepRates(settings, learningRate, steps);
      for (const [name, weight] of weights) {
        const decay = decays(name) ? 1 - learningRate * settings.weightDecay : 1;
        const own = moments.get(name)!;
        const dense = gradients.get(name);
        const sparse = rows.get(name);
        if (dense !== undefined) {
          updateDense(weight.data, dense, own, 0, 0, dense.length, scale, decay, rates);
        } else if (sparse !== undefined) {
          let known = touched.get(name);
          if (known === undefined) touched.set(name, (known = rowsWithMoments(weight, own)));
          updateRows(weight, sparse, own, known, scale, decay, rates);
        }
      }
    },
  };
}

/** The factors of one step, with bias correction folded in. */
interface Rates {
  readonly beta1: number;
  readonly beta2: number;
  /** learning rate / (1 − β₁ᵗ) */
  readonly rate: number;
  /** 1 / √(1 − β₂ᵗ) */
  readonly correction: number;
  readonly epsilon: number;
}

function stepRates({ beta1, beta2, epsilon }: AdamWSettings, learningRate: number, step: number): Rates {
  return {
    beta1,
    beta2,
    epsilon,
    rate: learningRate / (1 - beta1 ** step),
    correction: 1 / Math.sqrt(1 - beta2 ** step),
  };
}

/** Updates `count` elements of a weight from `at`, whose gradients begin at `from`. */
function updateDense(
  weight: Float32Array,
  gradient: Float32Array,
  { first, second }: Moments,
  at: number,
  from: number,
  count: number,
  scale: number,
  decay: number,
  { beta1, beta2, rate, correction, epsilon }: Rates,
): void {
  const [rest1, rest2] = [(1 - beta1) * scale, (1 - beta2) * scale * scale];
  for (let i = at, j = from; j < from + count; i++, j++) {
    const g = gradient[j]!;
    const m = beta1 * first[i]! + rest1 * g;
    const v = beta2 * second[i]! + rest2 * g * g;
    first[i] = m;
    second[i] = v;
    weight[i] = decay * weight[i]! - (rate * m) / (Math.sqrt(v) * correction + epsilon);
  }
}

/**
 * Updates a table. Rows with a gradient move by it; rows that had one before still move by their momentum; all others only decay, which is why
 * a large vocabulary costs little.
 */
function updateRows(
  weight: Weight,
  gradient: RowGradient,
  own: Moments,
  touched: Uint8Array,
  scale: number,
  decay: number,
  rates: Rates,
): void {
  const width = weight.shape[1]!;
  const current = new Int32Array(touched.length).fill(-1);
  for (let i = 0; i < gradient.rows.length; i++) {
    current[gradient.rows[i]!] = i;
    touched[gradient.rows[i]!] = 1;
  }
  const none = new Float32Array(width);
  for (let row = 0; row < touched.length; row++) {
    const at = row * width;
    const from = current[row]!;
    if (from >= 0) updateDense(weight.data, gradient.values, own, at, from * width, width, scale, decay, rates);
    else if (touched[row] === 1) updateDense(weight.data, none, own, at, 0, width, scale, decay, rates);
    else if (decay !== 1) for (let i = at; i < at + width; i++) weight.data[i] = weight.data[i]! * decay;
  }
}

/** Which rows have moments other than zero: those a resumed run had touched. */
function rowsWithMoments(weight: Weight, { second }: Moments): Uint8Array {
  const width = weight.shape[1]!;
  const touched = new Uint8Array(weight.shape[0]!);
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
