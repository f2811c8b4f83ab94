/**
 * A smooth function to minimise: answers its value at `point` and writes its gradient there into `gradient`. It may yield, so that others get a turn.
 */
export type Objective = (point: Float64Array, gradient: Float64Array) => Generator<void, number>;

/** When a search for a minimum ends. */
export interface Patience {
  /** Most steps. */
  readonly steps: number;
  /** It ends after a step that lowers the value by less. */
  readonly least: number;
}

/** Steps whose change of the gradient is remembered. */
const MEMORY = 8;

/** Most halvings of one step. */
const HALVINGS = 20;

/**
 * The minimum of a convex function near `start`, by L-BFGS with a backtracking line search (Nocedal and Wright 2006, "Numerical Optimization",
 * algorithms 7.4 and 3.1). `start` stays as it is. It yields at least once for each value that it asks for.
 */
export function* minimise(
  objective: Objective,
  start: Float64Array,
  { steps, least }: Patience,
): Generator<void, Float64Array> {
  let point = start.slice();
  let gradient = new Float64Array(point.length);
  let value = yield* objective(point, gradient);
  const past: Pair[] = [];
  for (let step = 0; step < steps; step++) {
    const direction = descent(gradient, past);
    const slope = dot(direction, gradient);
    if (!(slope < 0)) break;
    const next = new Float64Array(point.length);
    const nextGradient = new Float64Array(point.length);
    let nextValue = Infinity;
    let length = 1;
    for (let halving = 0; halving <= HALVINGS; halving++, length /= 2) {
      for (let i = 0; i < point.length; i++) next[i] = point[i]! + length * direction[i]!;
      nextValue = yield* objective(next, nextGradient);
      yield;
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    // No step is short enough where rounding is all that is left.
    if (!(nextValue < value)) break;
    remember(past, difference(next, point), difference(nextGradient, gradient));
    const won = value - nextValue;
    [point, gradient, value] = [next, nextGradient, nextValue];
    if (won < least) break;
  }
  return point;
}

/** A step and how it changed the gradient. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly inverse: number;
}

function remember(past: Pair[], step: Float64Array, change: Float64Array): void {
  const product = dot(step, change);
  if (product <= 1e-12) return;
  past.push({ step, change, inverse: 1 / product });
  if (past.length > MEMORY) past.shift();
}

/** The gradient, times the approximate inverse of the second derivative, turned round. */
function descent(gradient: Float64Array, past: readonly Pair[]): Float64Array {
  const direction = gradient.slice();
  const shares: number[] = [];
  for (const { step, change, inverse } of [...past].reverse()) {
    const share = inverse * dot(step, direction);
    shares.push(share);
    add(direction, change, -share);
  }
  const last = past.at(-1);
  const norm = Math.sqrt(dot(gradient, gradient));
  const scale = last ? 1 / (last.inverse * dot(last.change, last.change)) : norm > 1 ? 1 / norm : 1;
  for (let i = 0; i < direction.length; i++) direction[i] = direction[i]! * scale;
  for (const { step, change, inverse } of past) {
    add(direction, step, shares.pop()! - inverse * dot(change, direction));
  }
  for (let i = 0; i < direction.length; i++) direction[i] = -direction[i]!;
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(target: Float64Array, values: Float64Array, times: number): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + times * values[i]!;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}
