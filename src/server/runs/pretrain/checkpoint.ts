import { pretrainedFolderFiles } from '../../model/pretrained-folder';
import type { createAverage } from '../../pretraining/average';
import type { MaskedScores } from '../../../protocol/pretraining';
import type { PretrainingStepper } from '../../pretraining/stepper';
import { saveCheckpoint } from '../checkpoints';
import { momentsOf } from '../follow-training';
import type { ReadyPretraining } from './follow';

/** What a run is at a step, beside its weights. */
export interface PretrainingPosition {
  readonly step: number;
  readonly counters: Readonly<Record<string, number>>;
  /** Whether the checkpoint holds as the best. */
  readonly best: boolean;
  readonly scores?: MaskedScores | undefined;
}

/**
 * Saves a checkpoint and returns its name: the average of the weights, where one is kept, as a model folder, and the weights themselves in the training
 * state, to go on from.
 */
export async function savePretraining(
  { folder, record, base }: Pick<ReadyPretraining, 'folder' | 'record' | 'base'>,
  version: string,
  { optimizer }: PretrainingStepper,
  average: ReturnType<typeof createAverage> | undefined,
  { step, counters, best, scores }: PretrainingPosition,
): Promise<string> {
  const { settings } = record;
  const live = optimizer.weights;
  const recommended = base.rowlight?.recommended;
  const rowlight = {
    format: 1 as const,
    rowlight: version,
    base: record.base,
    step,
    // Of the same shape, it is fine-tuned with the same numbers.
    ...(recommended === undefined ? {} : { recommended }),
    ...(scores === undefined ? {} : { pretraining: scores }),
  };
  const weights = average?.weights ?? live;
  const files = pretrainedFolderFiles(base.config, weights, settings.pairs !== 'none', base.tokenizer, rowlight);
  const state = {
    step,
    epoch: 0,
    batch: 0,
    seed: settings.seed,
    counters,
    ...momentsOf(optimizer, live),
    ...(average === undefined ? {} : { raw: live }),
  };
  return saveCheckpoint(folder, { files, state, best });
}
