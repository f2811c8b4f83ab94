import { rowsOfPart } from './parts';

/** How batches are parted. */
export interface PartitionSettings {
  /** The number of parts to begin with. */
  readonly parts: number;
  /** Whether parts add up to the batch. */
  readonly addsUp: boolean;
  /** Hears that memory did not suffice, and in how many parts batches go from now on. */
  readonly onParts?: ((parts: number) => void) | undefined;
}

/** Takes the rows of a batch, what to run in so many parts, and what frees memory before the next try. */
export type Partition = <Result>(
  B: number,
  run: (parts: number) => Promise<Result>,
  free: () => Promise<void>,
) => Promise<Result>;

/**
 * Runs batches in as many parts as memory has shown to need: the number that `settings` begins with, doubled whenever a run says that memory did not
 * suffice, and kept from then on.
 */
export function createPartition(settings: PartitionSettings): Partition {
  let { parts } = settings;
  return async (B, run, free) => {
    for (;;) {
      try {
        return await run(parts);
      } catch (error) {
        if (!isOutOfMemory(error) || !settings.addsUp || rowsOfPart(B, parts) === 1) throw error;
        parts = Math.min(B, parts * 2);
        await free();
        settings.onParts?.(parts);
      }
    }
  };
}

/** What ONNX Runtime, JavaScript, TensorFlow ("OOM when allocating tensor …", of the kind "Resource exhausted") and NVIDIA's libraries say. */
const OUT_OF_MEMORY =
  /bad_alloc|failed to allocate|out of memory|allocation failed|\bOOM when allocating|resource.exhausted|ALLOC_FAILED/i;

/** Whether an error says that memory did not suffice. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && OUT_OF_MEMORY.test(error.message);
}
