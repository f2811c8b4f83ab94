/** One contestant of a comparison: an engine on a device in a precision. */
export interface Measured {
  /** `Rowlight onnx, cpu, float32`, `torch float32`. */
  readonly name: string;
  readonly ours: boolean;
  /** What others are compared with: torch in this precision, on this kind of device. */
  readonly reference?: 'float32' | 'bfloat16';
  readonly place: 'cpu' | 'gpu';
  /** One figure a round, in the unit of the comparison. */
  readonly samples: readonly number[];
  /** Peak memory of its process in MB, where it was asked. */
  readonly peakMb?: number;
}

/** Contestants that did the same in turns. */
export interface Comparison {
  readonly title: string;
  /** What was done, in a sentence. */
  readonly about: string;
  readonly unit: string;
  /** Whether more of the unit is better (texts a second) or less (milliseconds). */
  readonly more: boolean;
  readonly measured: readonly Measured[];
}

/** What is not on the page, and why. */
export interface Absent {
  readonly name: string;
  readonly why: string;
}

/** All that the page shows. */
export interface BenchResults {
  /** When it was measured. */
  readonly made: Date;
  /** The command that makes it again. */
  readonly command: string;
  /** Machine and versions, in order. */
  readonly machine: readonly (readonly [name: string, value: string])[];
  readonly comparisons: readonly Comparison[];
  readonly absent: readonly Absent[];
}

/** The middle one of the samples, the smallest and the largest. @param samples one at least */
export function spread(samples: readonly number[]): {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
} {
  const sorted = [...samples].sort((a, b) => a - b);
  const half = Math.floor((sorted.length - 1) / 2);
  const middle = (sorted[half]! + sorted[sorted.length - 1 - half]!) / 2;
  return { middle, low: sorted[0]!, high: sorted.at(-1)! };
}

/**
 * How many times as fast as torch in a precision a contestant is, by the medians; 2 is twice as fast. torch on the same kind of device is meant, and on the
 * CPU where it has no other. Undefined where torch was not there.
 */
export function timesTorch(
  { measured, more }: Comparison,
  one: Measured,
  precision: 'float32' | 'bfloat16',
): number | undefined {
  const torch = measured.filter(({ reference }) => reference === precision);
  const other = torch.find(({ place }) => place === one.place) ?? torch.find(({ place }) => place === 'cpu');
  if (other === undefined) return undefined;
  const [own, its] = [spread(one.samples).middle, spread(other.samples).middle];
  return more ? own / its : its / own;
}
