import { finishFold } from '../runs/crossval/fold';
import { readCrossval } from '../runs/crossval/record';
import { type TrainOptions, fineTuneRequest, trainingWorld } from './train';

/** `rowlight fold DIR N`, which `crossval` starts: brings a fold of a cross-validation to its end. */
export async function foldCommand(
  folder: string,
  number: number,
  options: TrainOptions,
  version: string,
): Promise<void> {
  const record = await readCrossval(folder);
  const { world, release } = await trainingWorld(options, version);
  try {
    await finishFold(folder, record, number, fineTuneRequest(record.data.path, options), world);
  } finally {
    release();
  }
}
