import { ADAMW_WASM } from './adamw-wasm';
import { bytesOfBase64 } from './webassembly-bytes';

/** The factors of one AdamW step, bias correction folded in. */
export interface Rates {
  readonly beta1: number;
  readonly beta2: number;
  /** learning rate / (1 − β₁ᵗ) */
  readonly rate: number;
  /** 1 / √(1 − β₂ᵗ) */
  readonly correction: number;
  readonly epsilon: number;
  /** What gradients are multiplied with: less than 1 where they are clipped. */
  readonly scale: number;
}

/** A weight in training with all that belongs to it, in memory that the update kernel reaches. */
export interface TrainedTensor {
  readonly weight: Float32Array;
  readonly gradient: Float32Array;
  /** First and second moments. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  /**
   * Updates `count` elements from `at`, whose gradients begin at `from`.
   * @param decay what the weights are multiplied with
   */
  update(at: number, from: number, count: number, decay: number, rates: Rates): void;
}

/** Elements of a tensor, and of its gradient: as many, or one row of a table that is updated by rows. */
export interface TensorSize {
  readonly length: number;
  readonly gradientLength: number;
}

/** Bytes of one WebAssembly memory: 32-bit addresses end at 4 GiB. A model that needs more gets several. */
const MEMORY_LIMIT = 4 * 2 ** 30 - 2 ** 16;

/**
 * Allocates tensors, zeroed. The kernel is WebAssembly over its own memory: in JavaScript the same loop takes three times as long, because it
 * computes in double precision and one element at a time.
 */
export function allocateTensors(sizes: ReadonlyMap<string, TensorSize>): Map<string, TrainedTensor> {
  const module = new WebAssembly.Module(bytesOfBase64(ADAMW_WASM));
  const tensors = new Map<string, TrainedTensor>();
  for (const group of groups(sizes)) {
    const total = group.reduce((sum, [, size]) => sum + bytes(size), 0);
    const pages = Math.max(1, Math.ceil(total / 2 ** 16));
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { update } = new WebAssembly.Instance(module, { env: { memory } }).exports as { update: Kernel };
    let offset = 0;
    for (const [name, { length, gradientLength }] of group) {
      const take = (elements: number) => {
        const array = new Float32Array(memory.buffer, offset, elements);
        offset += padded(elements);
        return array;
      };
      tensors.set(name, trainedTensor(take(length), take(gradientLength), take(length), take(length), update));
    }
  }
  return tensors;
}

type Kernel = (
  weight: number,
  gradient: number,
  first: number,
  second: number,
  bytes: number,
  ...factors: number[]
) => void;

function trainedTensor(
  weight: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  kernel: Kernel,
): TrainedTensor {
  return {
    weight,
    gradient,
    first,
    second,
    update(at, from, count, decay, { beta1, beta2, rate, correction, epsilon, scale }) {
      const [rest1, rest2] = [(1 - beta1) * scale, (1 - beta2) * scale * scale];
      const whole = count - (count % 4);
      const place = (array: Float32Array, index: number) => array.byteOffset + 4 * index;
      kernel(
        place(weight, at),
        place(gradient, from),
        place(first, at),
        place(second, at),
        4 * whole,
        ...[beta1, beta2, rest1, rest2, decay, rate, correction, epsilon],
      );
      // The kernel takes four at a time; the rest would reach into what lies behind.
      for (let i = at + whole, j = from + whole; i < at + count; i++, j++) {
        const g = gradient[j]!;
        first[i] = beta1 * first[i]! + rest1 * g;
        second[i] = beta2 * second[i]! + rest2 * g * g;
        weight[i] = decay * weight[i]! - (rate * first[i]!) / (Math.sqrt(second[i]!) * correction + epsilon);
      }
    },
  };
}

/** Tensors that share a memory: as many, in order, as fit. */
function groups(sizes: ReadonlyMap<string, TensorSize>): [string, TensorSize][][] {
  const result: [string, TensorSize][][] = [];
  let room = 0;
  for (const [name, size] of sizes) {
    const needed = bytes(size);
    if (needed > room) {
      result.push([]);
      room = MEMORY_LIMIT;
    }
    result.at(-1)!.push([name, size]);
    room -= needed;
  }
  return result;
}

function bytes({ length, gradientLength }: TensorSize): number {
  return 3 * padded(length) + padded(gradientLength);
}

/** Bytes of an array, up to the next multiple of 64: libtensorflow shares memory that begins at one, and copies other. */
function padded(elements: number): number {
  return 64 * Math.ceil(elements / 16);
}
