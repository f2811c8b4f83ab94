import { join } from 'node:path';
import { type Log, silentLog } from '../../env';
import { RowlightError } from '../../errors';
import { stageFolder } from '../../model/stage-folders';
import { nodeFiles } from '../../node-files';
import { continuationOf } from '../continuation';
import type { FineTuneRequest } from '../fine-tune';
import type { TrainingWorld } from '../follow-training';
import { type DataFile, readDataFile } from '../read-data';
import { requireUnchanged } from '../source';
import { fineTuneStages, resumeStages } from '../stages';
import { readStages } from '../stages-record';
import { answerRows } from './answer-rows';
import { HELD_OUT_ANSWERS, TEST_ANSWERS, writeAnswers } from './answers';
import { type CrossvalRecord, foldFolder } from './record';

/** What a changed file is told to have begun with. */
const WHAT = 'cross-validation';

/** Whether a fold is done: trained, and its rows answered. */
export function isFoldDone(folder: string, number: number): Promise<boolean> {
  return nodeFiles.exists(join(foldFolder(folder, number), HELD_OUT_ANSWERS));
}

/**
 * Brings a fold to its end, whatever an earlier process left of it: trains on the other folds' rows, then answers its own with the best checkpoint
 * of every stage, and those of the test file with that of the last.
 * @param requests the run's stages; the fold says data, output and held-out rows
 * @param recipe what they come from
 */
export async function finishFold(
  folder: string,
  record: CrossvalRecord,
  number: number,
  requests: readonly FineTuneRequest[],
  world: TrainingWorld,
  recipe?: string,
): Promise<void> {
  const output = foldFolder(folder, number);
  const heldOut = record.heldOut[number - 1];
  if (heldOut === undefined) throw new RowlightError('bad-argument', `${folder}: has no fold ${number}`);
  for (const source of [record.data, record.test, record.recipe]) if (source) await requireUnchanged(source, WHAT);
  const data = record.data.path;
  const next = await continuationOf(output);
  const own = requests.map((request) => ({ ...request, data, output, heldOut }));
  if (next === 'begin') await fineTuneStages(own, world, recipe);
  if (next === 'resume') await resumeStages(output, world);
  const rows = new Set(heldOut);
  const file = await readCrossvalData(record);
  const judging = file.dataset.examples.filter(({ row }) => rows.has(row));
  const test = record.test && (await readTestFile(record)).dataset.examples;
  for (const stage of (await stagesOf(output)).slice(0, -1)) {
    const [answers] = await answerRows(world.engine, stage, [judging]);
    await writeAnswers(stage, HELD_OUT_ANSWERS, answers!);
  }
  const [answers, tested] = await answerRows(world.engine, output, test ? [judging, test] : [judging]);
  if (tested) await writeAnswers(output, TEST_ANSWERS, tested);
  await writeAnswers(output, HELD_OUT_ANSWERS, answers!);
}

/** The folders of a fold's stages, in order; the last is the fold's own. */
export async function stagesOf(fold: string): Promise<string[]> {
  const stages = (await readStages(fold))?.stages.length ?? 1;
  return Array.from({ length: stages }, (_, at) => (at === stages - 1 ? fold : stageFolder(fold, at + 1)));
}

/** The data file of a cross-validation as its folds read it. Rejects with reason `bad-data` where it has changed since. */
export async function readCrossvalData({ data, columns, labels, multiLabel }: CrossvalRecord): Promise<DataFile> {
  await requireUnchanged(data, WHAT);
  const { text, textB, label } = columns;
  return readDataFile(data.path, silentLog, {
    labels,
    ...(multiLabel === undefined ? {} : { multiLabel }),
    columns: { text, label, ...(textB === undefined ? {} : { textB }) },
  });
}

/** The test file, its columns found as a model's are. Rejects as `readCrossvalData` does. */
export async function readTestFile(
  { test, columns, headerless }: Pick<CrossvalRecord, 'test' | 'columns' | 'headerless'>,
  log: Log = silentLog,
): Promise<DataFile> {
  if (test === undefined) throw new RangeError('The cross-validation has no test file.');
  await requireUnchanged(test, WHAT);
  const { text, textB } = columns;
  const file = await readDataFile(
    test.path,
    log,
    headerless ? {} : { modelColumns: { text, ...(textB === undefined ? {} : { textB }) } },
  );
  if (file.dataset.columns.text !== undefined) return file;
  throw new RowlightError('bad-data', `${test.path}: has no column "${text}", in which the texts are in the data file`);
}
