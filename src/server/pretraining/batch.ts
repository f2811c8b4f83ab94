import type { HostTensor } from '../engine/engine';
import type { MaskedSequence, Sequence } from './masking';
import { type MaskSettings, maskedAtMost } from './settings';

/** Masked sequences as a graph of one shape reads them. */
export interface PretrainingBatch {
  readonly B: number;
  readonly T: number;
  /** Places for predictions; those beyond the masked ones weigh nothing. */
  readonly P: number;
  /** `[B·T]` of the looked-up words. */
  readonly ids: Int32Array;
  readonly inputs: Readonly<Record<string, HostTensor>>;
}

/** A sequence and what of it is masked. */
export type Masked = Pick<Sequence, 'typeIds' | 'pairLabel'> & MaskedSequence;

/** How many predictions a batch has room for. */
export function roomForPredictions(B: number, T: number, masks: MaskSettings): number {
  return B * maskedAtMost(masks, T);
}

/**
 * Puts sequences together. Every prediction weighs 1 / `predictions` and every pair 1 / `pairs`, so that the losses of the parts of a batch add up to
 * the batch's mean.
 * @param predictions masked tokens of the whole batch, of which these sequences may be a part
 * @param pairs its pairs
 * @param withPairs whether pairs are judged
 * @param firstPosition the position that the first tokens are said to stand at; left out where every batch of the run begins at 0
 */
export function makePretrainingBatch(
  sequences: readonly Masked[],
  T: number,
  padId: number,
  masks: MaskSettings,
  { predictions, pairs }: { readonly predictions: number; readonly pairs: number },
  withPairs: boolean,
  firstPosition?: number,
): PretrainingBatch {
  const B = sequences.length;
  const P = roomForPredictions(B, T, masks);
  const ids = new Int32Array(B * T).fill(padId);
  const [mask, typeIds] = [new Int32Array(B * T), new Int32Array(B * T)];
  const [positions, labels, weights] = [new Int32Array(P), new Int32Array(P), new Float32Array(P)];
  let at = 0;
  sequences.forEach((sequence, row) => {
    ids.set(sequence.ids, row * T);
    mask.fill(1, row * T, row * T + sequence.ids.length);
    typeIds.set(sequence.typeIds, row * T);
    sequence.positions.forEach((position, i) => {
      positions[at] = row * T + position;
      labels[at] = sequence.labels[i]!;
      weights[at++] = 1 / predictions;
    });
  });
  const int = (data: Int32Array, ...shape: number[]): HostTensor => ({ dtype: 'int32', shape, data });
  const float = (data: Float32Array): HostTensor => ({ dtype: 'float32', shape: [data.length], data });
  return {
    B,
    T,
    P,
    ids,
    inputs: {
      ids: int(ids, B, T),
      mask: int(mask, B, T),
      typeIds: int(typeIds, B, T),
      positions: int(positions, P),
      labels: int(labels, P),
      weights: float(weights),
      ...(firstPosition === undefined
        ? {}
        : {
            positionIds: int(
              Int32Array.from({ length: T }, (_, at) => firstPosition + at),
              T,
            ),
          }),
      ...(withPairs
        ? {
            pairLabels: int(
              Int32Array.from(sequences, ({ pairLabel }) => pairLabel ?? 0),
              B,
            ),
            pairWeights: float(new Float32Array(B).fill(1 / pairs)),
          }
        : {}),
    },
  };
}
