import type { Weights } from '../model/tensor-map';

/** A moving average of weights (Polyak & Juditsky 1992): what is judged and saved in their place. */
export interface WeightAverage {
  readonly weights: Weights;
  /** Takes the weights of one more step in. */
  follow(): void;
  /** Does something while the live weights hold the average. */
  whileInPlace<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * An exponential average of live weights: `average += (1 − decay)·(weight − average)`.
 * @param from where it stands, of a resumed run; else it begins at the weights
 */
export function createAverage(live: Weights, decay: number, from?: Weights): WeightAverage {
  const weights: Weights = new Map(
    [...live].map(([name, { shape, data }]) => [name, { shape, data: (from?.get(name)?.data ?? data).slice() }]),
  );
  return {
    weights,
    follow() {
      for (const [name, { data }] of live) {
        const average = weights.get(name)!.data;
        for (let i = 0; i < data.length; i++) average[i] = average[i]! + (1 - decay) * (data[i]! - average[i]!);
      }
    },
    async whileInPlace(work) {
      const kept = [...live].map(([, { data }]) => data.slice());
      for (const [name, { data }] of live) data.set(weights.get(name)!.data);
      try {
        return await work();
      } finally {
        [...live.values()].forEach(({ data }, i) => data.set(kept[i]!));
      }
    },
  };
}
