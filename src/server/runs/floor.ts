import { join } from 'node:path';
import { nodeFiles } from '../node-files';
import { argmax } from '../inference/probabilities';
import { floorProbabilities } from '../training/floor';
import { judgedRows } from './judged-rows';
import { type JudgedRow, parsePredictions, predictionsFile } from './predictions';
import type { TrainingData } from './training-data';

/**
 * Name of the file in a run folder that has the held-out rows as the floor judges them, in the form of `predictions.tsv`. It is written when the run
 * begins: once somebody has edited the data, the floor can't be fitted to what the run learns from any more. Runs of Rowlight 0.1 lack it.
 */
export const FLOOR_FILE = 'floor.tsv';

/** Fits the floor on a run's training rows and writes what it says of the held-out ones. */
export async function recordFloor(run: string, data: TrainingData): Promise<void> {
  const [content] = predictionsFile(floorRows(data)).parts;
  if (content !== undefined) await nodeFiles.writeAtomic(join(run, FLOOR_FILE), content);
}

/** The held-out rows as the run's floor judges them; undefined where the run has no record of that. Rejects as `readPredictions` does. */
export async function readFloor(run: string): Promise<JudgedRow[] | undefined> {
  const file = join(run, FLOOR_FILE);
  return (await nodeFiles.exists(file)) ? parsePredictions(await nodeFiles.read(file), file) : undefined;
}

/** The held-out rows as a naive Bayes judges them that was fitted on the training rows. */
export function floorRows(data: Pick<TrainingData, 'train' | 'heldOut' | 'labels' | 'multiLabel'>): JudgedRow[] {
  const { train, heldOut, labels, multiLabel } = data;
  const probabilities = floorProbabilities(train, heldOut, labels, multiLabel);
  const width = labels.length;
  const predicted = Int32Array.from(heldOut, (_, row) =>
    argmax(probabilities.subarray(row * width, (row + 1) * width)),
  );
  return judgedRows(data, { predicted, probabilities });
}
