import type { Command } from 'commander';
import { finishFold } from '../runs/crossval/fold';
import { readCrossval } from '../runs/crossval/record';
import { type TrainOptions, fineTuneRequests, trainingWorld } from './train';

/** `rowlight fold DIR N`, which `crossval` starts: brings a fold of a cross-validation to its end. */
export async function foldCommand(
  folder: string,
  number: number,
  options: TrainOptions,
  version: string,
  command: Command,
): Promise<void> {
  const record = await readCrossval(folder);
  const requests = await fineTuneRequests(record.data.path, options, command);
  const { world, release } = await trainingWorld(options, version);
  try {
    await finishFold(folder, record, number, requests, world, options.recipe);
  } finally {
    release();
  }
}
