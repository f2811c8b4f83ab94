import { join } from 'node:path';
import { type Log, silentLog } from '../../env';
import { RowlightError } from '../../errors';
import { nodeFiles } from '../../node-files';
import { continuationOf } from '../continuation';
import { type FineTuneRequest, fineTune, resume } from '../fine-tune';
import type { TrainingWorld } from '../follow-training';
import { type DataFile, readDataFile } from '../read-data';
import { requireUnchanged } from '../source';
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
 * Brings a fold to its end, whatever an earlier process left of it: trains on the other folds' rows, then answers its own and those of the test
 * file with the best checkpoint.
 * @param request the run; its held-out rows are the fold's
 */
export async function finishFold(
  folder: string,
  record: CrossvalRecord,
  number: number,
  request: Omit<FineTuneRequest, 'data' | 'output' | 'heldOut' | 'dev'>,
  world: TrainingWorld,
): Promise<void> {
  const output = foldFolder(folder, number);
  const heldOut = record.heldOut[number - 1];
  if (heldOut === undefined) throw new RowlightError('bad-argument', `${folder}: has no fold ${number}`);
  await requireUnchanged(record.data, WHAT);
  const data = record.data.path;
  const next = await continuationOf(output);
  if (next === 'begin') await fineTune({ ...request, data, output, heldOut }, world);
  if (next === 'resume') await resume(output, world);
  const rows = new Set(heldOut);
  const file = await readCrossvalData(record);
  const own = file.dataset.examples.filter(({ row }) => rows.has(row));
  const test = record.test && (await readTestFile(record)).dataset.examples;
  const [answers, tested] = await answerRows(world.engine, output, test ? [own, test] : [own]);
  if (tested) await writeAnswers(output, TEST_ANSWERS, tested);
  await writeAnswers(output, HELD_OUT_ANSWERS, answers!);
}

/** The data file of a cross-validation as its folds read it. Rejects with reason `bad-data` where it has changed since. */
export async function readCrossvalData({ data, columns, labels }: CrossvalRecord): Promise<DataFile> {
  await requireUnchanged(data, WHAT);
  const { text, textB, label } = columns;
  return readDataFile(data.path, silentLog, {
    labels,
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
