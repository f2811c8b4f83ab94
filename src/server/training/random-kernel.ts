import { RANDOM_WASM } from './random-wasm';
import { bytesOfBase64 } from './webassembly-bytes';

/** Bytes that are drawn at once: few enough to lie in a processor's cache until they are copied to where they are wanted. */
const CHUNK = 2 ** 17;

let kernel: ((out: Uint8Array, k1: number, k2: number, limit: number | undefined) => void) | undefined;

/**
 * Fills `out` with the words of a stream of random numbers, low byte first. WebAssembly, because a step of a large model takes more than a hundred
 * million bytes, and in JavaScript they took a third of the step on a graphics card.
 * @param limit where given, each byte becomes 1 where it is at least this, else 0
 */
export function fillRandom(out: Uint8Array, k1: number, k2: number, limit?: number): void {
  kernel ??= makeKernel();
  kernel(out, k1, k2, limit);
}

function makeKernel(): NonNullable<typeof kernel> {
  const memory = new WebAssembly.Memory({ initial: CHUNK / 2 ** 16, maximum: CHUNK / 2 ** 16 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesOfBase64(RANDOM_WASM)), { env: { memory } });
  const { draw, compare } = exports as Record<string, (...numbers: number[]) => void>;
  const chunk = new Uint8Array(memory.buffer);
  return (out, k1, k2, limit) => {
    for (let at = 0; at < out.length; at += CHUNK) {
      const count = Math.min(CHUNK, out.length - at);
      draw!(count, at / 4, k1, k2);
      if (limit !== undefined) compare!(count, limit);
      out.set(chunk.subarray(0, count), at);
    }
  };
}
