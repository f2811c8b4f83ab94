import type { GradientSettings } from './gradients';
import { addsUp, rowsOfPart } from './parts';

/**
 * Runs batches in as many parts as memory has shown to need: the number that `settings` begins with, doubled whenever a run says that memory did not
 * suffice, and kept from then on.
 * @returns a function that takes the rows of a batch, what to run in so many parts, and what frees memory before the next try
 */
export function createPartition(
  settings: Pick<GradientSettings, 'parts' | 'onParts' | 'loss'>,
): <Result>(B: number, run: (parts: number) => Promise<Result>, free: () => Promise<void>) => Promise<Result> {
  let parts = settings.parts ?? 1;
  return async (B, run, free) => {
    for (;;) {
      try {
        return await run(parts);
      } catch (error) {
        if (!isOutOfMemory(error) || !addsUp(settings.loss.name) || rowsOfPart(B, parts) === 1) throw error;
        parts = Math.min(B, parts * 2);
        await free();
        settings.onParts?.(parts);
      }
    }
  };
}

/** Whether ONNX Runtime, or JavaScript itself, says that memory did not suffice. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /bad_alloc|failed to allocate|out of memory|allocation failed/i.test(error.message);
}
