/** Probabilities of one row of logits, in double precision so that they add up to 1. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(logits);
  const largest = Math.max(...values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] = Math.exp(values[i]! - largest);
  return values.map((value) => value / sum);
}

/**
 * Probabilities of one row as they would be had its logits been divided by `temperature`: above 1 less sure, below 1 surer. The order of the labels
 * stays. No logits are needed, since probabilities are their softmax: their logarithms are logits too.
 */
export function atTemperature(probabilities: ArrayLike<number>, temperature: number): Float64Array {
  const given = Float64Array.from(probabilities);
  return temperature === 1 ? given : softmax(given.map((probability) => Math.log(probability) / temperature));
}

/** The probability of each label of one row by itself, in double precision: several may be true. */
export function sigmoid(logits: ArrayLike<number>): Float64Array {
  return Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
}

/**
 * Each probability as it would be had its logit, under a sigmoid, been divided by `temperature`: above 1 nearer to a half, below 1 farther from it. No
 * decision changes.
 */
export function eachAtTemperature(probabilities: ArrayLike<number>, temperature: number): Float64Array {
  const given = Float64Array.from(probabilities);
  if (temperature === 1) return given;
  return sigmoid(given.map((one) => (Math.log(one) - Math.log1p(-one)) / temperature));
}

/** Position of the greatest of `values`, the first of equals; -1 for none. */
export function argmax(values: ArrayLike<number>): number {
  let best = values.length === 0 ? -1 : 0;
  for (let at = 1; at < values.length; at++) if ((values[at] ?? 0) > (values[best] ?? 0)) best = at;
  return best;
}
