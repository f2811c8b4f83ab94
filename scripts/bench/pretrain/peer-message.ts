import type { Masked } from '../../../src/server/pretraining/batch';
import { partsOf } from '../../../src/server/pretraining/loop';
import { MASKS } from './sequences';

/**
 * A batch as `peers/pretrain.py` reads it.
 * @param more `rate` for a step; `judge` where it is to be judged
 */
export function peerMessage(
  sequences: readonly Masked[],
  T: number,
  padId: number,
  more: { readonly rate: number } | { readonly judge: 1 },
): string {
  const [batch] = partsOf(sequences, T, padId, { masks: MASKS, pairs: 'none', accumulate: 1 });
  const count = predictionsOf(sequences);
  const rows = (name: string) =>
    Array.from({ length: sequences.length }, (_, row) => [
      ...batch!.inputs[name]!.data.subarray(row * T, (row + 1) * T),
    ]);
  const first = (name: string) => [...batch!.inputs[name]!.data.subarray(0, count)];
  const [ids, mask, typeIds] = ['ids', 'mask', 'typeIds'].map(rows);
  return JSON.stringify({ ids, mask, typeIds, positions: first('positions'), labels: first('labels'), ...more });
}

/** Masked tokens of sequences. */
export function predictionsOf(sequences: readonly Masked[]): number {
  return sequences.reduce((sum, { positions }) => sum + positions.length, 0);
}
