import type * as tf from '@tensorflow/tfjs-core';
import { focal } from './focal';
import { crossEntropy } from './cross-entropy';
import { type SetInputs, binaryCrossEntropy, setInputs, softSetF1 } from './multi-label';
import { softF1 } from './soft-f1';

/** What a batch is judged by. */
export interface LossInputs {
  /** `[B, labels]` */
  readonly logits: tf.Tensor2D;
  /** `[B]` int32 label ids. */
  readonly labels: tf.Tensor1D;
  /** `[B]`: 1 for a text, 0 for a row that only fills the batch up. */
  readonly weights: tf.Tensor1D;
}

/** Names of the training objectives. */
export const LOSSES = ['cross-entropy', 'focal', 'soft-f1'] as const;
/** One of {@link LOSSES}. */
export type LossName = (typeof LOSSES)[number];

/** A training objective and what it leaves to choose. */
export interface LossSettings {
  readonly name: LossName;
  /** A weight a label, by id; absent: all count the same. Of several labels a row, how much those that have the label count. */
  readonly classWeights?: readonly number[];
  /** Share of the truth that is spread over all labels (Szegedy et al. 2015), 0 to below 1. Cross-entropy only. */
  readonly labelSmoothing: number;
  /** How much easy rows are played down (Lin et al. 2017). Focal loss only. */
  readonly focalGamma: number;
  /** Id of the positive label of a binary task: soft F1 is its F1; without one the mean over all labels. */
  readonly positive?: number;
  /** Where rows have several labels: the truth of a row is the number of its set, and this says which labels each set has. */
  readonly sets?: readonly (readonly number[])[];
}

/** BERT's own objective. */
export const CROSS_ENTROPY: LossSettings = { name: 'cross-entropy', labelSmoothing: 0, focalGamma: 2 };

/** The loss of a batch, a scalar: less is better. Rows of weight 0 have no part in it. */
export function lossOf(settings: LossSettings, inputs: LossInputs): tf.Scalar {
  if (settings.sets !== undefined) return lossOfSets(settings, setInputs(inputs, settings.sets));
  switch (settings.name) {
    case 'cross-entropy':
      return crossEntropy(inputs, settings.labelSmoothing, settings.classWeights);
    case 'focal':
      return focal(inputs, settings.focalGamma, settings.classWeights);
    case 'soft-f1':
      return softF1(inputs, settings.positive);
  }
}

function lossOfSets({ name, labelSmoothing, classWeights, positive }: LossSettings, inputs: SetInputs): tf.Scalar {
  if (name === 'soft-f1') return softSetF1(inputs, positive);
  return binaryCrossEntropy(inputs, labelSmoothing, classWeights);
}
