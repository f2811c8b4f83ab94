import type { Masked } from '../../../src/server/pretraining/batch';

/**
 * Sequences, padded to T tokens, as a line for `peers/pretrain.py`: `[B][T]` what is read, `[P]` what is predicted.
 * @param more `rate` for a step; `judge` where they are to be judged
 * @param firstPosition the position that the first tokens are said to stand at; left out: 0
 */
export function peerMessage(
  sequences: readonly Masked[],
  T: number,
  padId: number,
  more: { readonly rate: number } | { readonly judge: 1 },
  firstPosition?: number,
): string {
  const padded = (values: Int32Array, padding: number) => [
    ...values,
    ...new Array<number>(T - values.length).fill(padding),
  ];
  return JSON.stringify({
    ids: sequences.map(({ ids }) => padded(ids, padId)),
    mask: sequences.map(({ ids }) =>
      padded(
        ids.map(() => 1),
        0,
      ),
    ),
    typeIds: sequences.map(({ typeIds }) => padded(typeIds, 0)),
    positions: sequences.flatMap(({ positions }, row) => Array.from(positions, (position) => row * T + position)),
    labels: sequences.flatMap(({ labels }) => [...labels]),
    ...(firstPosition === undefined ? {} : { positionIds: Array.from({ length: T }, (_, at) => firstPosition + at) }),
    ...more,
  });
}
