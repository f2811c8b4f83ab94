import type { Axis, InputSpec } from '../engine';

/**
 * Named axes. A trace needs numbers, so each named axis is traced with a prime that divides no other size in the graph; whatever size of the
 * recorded graph is divisible by that prime depends on the axis. A size is thus always `factor × product of axes`.
 */
export interface Axes {
  /** The size each named axis has during the trace. */
  readonly primes: ReadonlyMap<string, number>;
}

/** A size as a constant factor and the named axes it is multiplied with; `[]` for a fixed size. */
export interface SymbolicSize {
  readonly factor: number;
  readonly axes: readonly string[];
}

/** No named axes. */
export const NO_AXES: Axes = { primes: new Map() };

/**
 * Chooses a prime for each named axis of the inputs.
 * @param fixed sizes that occur in the graph otherwise (of weights): no prime may divide one of them
 * @param maximum upper bounds by axis, for axes that a table limits; the prime then lies in the upper half of the range
 */
export function chooseAxes(
  inputs: Readonly<Record<string, InputSpec>>,
  fixed: Iterable<number>,
  maximum: Readonly<Record<string, number>> = {},
): Axes {
  const taken = new Set(fixed);
  const primes = new Map<string, number>();
  for (const spec of Object.values(inputs)) {
    for (const size of spec.shape) if (typeof size === 'number') taken.add(size);
  }
  const names = Object.values(inputs).flatMap((spec) =>
    spec.shape.filter((axis): axis is string => typeof axis === 'string'),
  );
  // Limited axes choose first: they have fewer primes to choose from.
  for (const name of [...new Set(names)].sort((a, b) => (maximum[a] ?? Infinity) - (maximum[b] ?? Infinity))) {
    const prime = choosePrime(taken, maximum[name]);
    primes.set(name, prime);
    taken.add(prime);
  }
  return { primes };
}

function choosePrime(taken: ReadonlySet<number>, maximum: number | undefined): number {
  const divides = (prime: number) => [...taken].some((size) => size > 0 && size % prime === 0);
  if (maximum === undefined) {
    for (let candidate = 1009; ; candidate++) if (isPrime(candidate) && !divides(candidate)) return candidate;
  }
  for (let candidate = maximum; candidate > 2; candidate--)
    if (isPrime(candidate) && !divides(candidate)) return candidate;
  throw new RangeError(`No prime up to ${maximum} is free for a named axis.`);
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return n > 1;
}

/** The size an axis of an input has during the trace. */
export function traceSize(axes: Axes, axis: Axis): number {
  return typeof axis === 'number' ? axis : axes.primes.get(axis)!;
}

/** Reads a size of the recorded graph as a factor times named axes. */
export function symbolic(axes: Axes, size: number): SymbolicSize {
  const names: string[] = [];
  let factor = size;
  for (const [name, prime] of axes.primes) {
    while (factor !== 0 && factor % prime === 0) {
      factor /= prime;
      names.push(name);
    }
  }
  return { factor, axes: names };
}
