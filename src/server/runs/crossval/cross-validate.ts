import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../env';
import { argmax } from '../../inference/probabilities';
import { setOf } from '../../inference/set-prediction';
import { nodeFiles, rethrow } from '../../node-files';
import { type FoldedScores, floorOutOfFold, scoreOutOfFold } from '../../training/out-of-fold';
import { type ChildWorld, makeChildRuns } from '../child-runs';
import { whileLocked } from '../lock';
import { CANCEL_FILE } from '../run-folder';
import { type CrossvalRequest, beginCrossval } from './begin';
import { averageTest, collectHeldOut } from './collect';
import { isFoldDone, readCrossvalData, readTestFile, stagesOf } from './fold';
import { type CrossvalRecord, foldFolder, readCrossval } from './record';
import { idColumnOf, setSubmissionCsv, submissionCsv } from './submission';
import { OUT_OF_FOLD_FILE, type PredictionOf, TEST_FILE, outOfFoldTable, testTable } from './tables';

/** Name of the file with the result; a cross-validation that has it is done. */
export const SCORES_FILE = 'scores.json';

/** What a cross-validation found; `scores.json` holds the same. */
export interface CrossvalResult {
  /** Its folder. */
  readonly crossval: string;
  readonly folds: number;
  /** Labelled rows, each judged once. */
  readonly rows: number;
  readonly labels: readonly string[];
  readonly positive?: string;
  /** Of the last stage's models. */
  readonly scores: FoldedScores;
  /** Of every stage's, in order, where there are several. */
  readonly stages?: readonly FoldedScores[];
  /** A naive Bayes on the same folds: what a BERT must beat. */
  readonly floor: FoldedScores;
  /** Paths. The last two where there was a test file. */
  readonly files: { readonly out_of_fold: string; readonly test_predictions?: string; readonly submission?: string };
}

/** What it needs from outside. */
export interface CrossvalWorld extends Omit<ChildWorld, 'folder' | 'resume'> {
  readonly clock: Clock;
  /** Version of Rowlight, for the record. */
  readonly version: string;
  /** Arguments about engine and log that every fold's process gets. */
  readonly engine: readonly string[];
}

/** Cross-validates in a new folder. Rejects with reason `cancelled` where it was stopped; the folder then goes on with `resumeCrossval`. */
export async function crossValidate(
  folder: string,
  request: CrossvalRequest,
  world: CrossvalWorld,
): Promise<CrossvalResult> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrow(error, folder));
  return whileLocked(folder, async () => runFolds(folder, await beginCrossval(folder, request, world), world));
}

/** Goes on with one that was interrupted or cancelled, its finished folds kept; it ends as it would have without the break. */
export async function resumeCrossval(folder: string, world: CrossvalWorld): Promise<CrossvalResult> {
  const record = await readCrossval(folder);
  return whileLocked(folder, async () => {
    await rm(join(folder, CANCEL_FILE), { force: true });
    return runFolds(folder, record, world);
  });
}

async function runFolds(folder: string, record: CrossvalRecord, world: CrossvalWorld): Promise<CrossvalResult> {
  const children = record.heldOut.map((_, fold) => {
    const number = fold + 1;
    return {
      name: `fold-${number}`,
      folder: foldFolder(folder, number),
      finished: () => isFoldDone(folder, number),
      command: () => Promise.resolve(['fold', folder, String(number), ...record.arguments, ...world.engine]),
    };
  });
  await makeChildRuns(children, { ...world, folder, resume: `rowlight crossval --resume ${folder}` });
  return writeResult(folder, record);
}

async function writeResult(folder: string, record: CrossvalRecord): Promise<CrossvalResult> {
  const { labels, positive, heldOut } = record;
  const folds = heldOut.length;
  const { dataset } = await readCrossvalData(record);
  const rows = await collectHeldOut(folder, record, dataset.examples);
  const place = (name: string) => join(folder, name);
  await nodeFiles.writeAtomic(place(OUT_OF_FOLD_FILE), outOfFoldTable(dataset, rows, predictionsOf(record)));
  const stages: FoldedScores[] = [];
  for (const stage of (await stagesOf(foldFolder(folder, 1))).keys())
    stages.push(scoreOutOfFold(await collectHeldOut(folder, record, dataset.examples, stage), folds, positive));
  const tested = record.test && (await writeTest(folder, record));
  const result: CrossvalResult = {
    crossval: folder,
    folds,
    rows: rows.examples.length,
    labels,
    ...(positive === undefined ? {} : { positive }),
    scores: scoreOutOfFold(rows, folds, positive),
    ...(stages.length > 1 ? { stages } : {}),
    floor: scoreOutOfFold(floorOutOfFold(rows.examples, rows, folds, record.multiLabel), folds, positive),
    files: { out_of_fold: place(OUT_OF_FOLD_FILE), ...tested },
  };
  await nodeFiles.writeAtomic(place(SCORES_FILE), `${JSON.stringify(result, undefined, 2)}\n`);
  return result;
}

/** Name of the contest's file. */
const SUBMISSION_FILE = 'submission.csv';

async function writeTest(folder: string, record: CrossvalRecord) {
  const { labels, positive, multiLabel } = record;
  const { dataset } = await readTestFile(record);
  const means = await averageTest(folder, record);
  const predictionOf = predictionsOf(record);
  const answers = new Map(
    [...means].map(([row, probabilities]) => [row, { prediction: predictionOf(probabilities), probabilities }]),
  );
  const [predictions, submission] = [join(folder, TEST_FILE), join(folder, SUBMISSION_FILE)];
  const positiveId = positive === undefined ? undefined : labels.indexOf(positive);
  await nodeFiles.writeAtomic(predictions, testTable(dataset, labels, answers));
  const idColumn = idColumnOf(dataset, record.idColumn);
  const content = multiLabel
    ? setSubmissionCsv(dataset, idColumn, answers, labels)
    : submissionCsv(dataset, idColumn, answers, positiveId);
  await nodeFiles.writeAtomic(submission, content);
  return { test_predictions: predictions, submission };
}

/** The most probable label; of several labels a row, the cell with all that are given. */
function predictionsOf({ labels, multiLabel }: CrossvalRecord): PredictionOf {
  if (multiLabel === undefined) return (probabilities) => labels[argmax(probabilities)]!;
  return (probabilities) => setOf(probabilities, labels, multiLabel).label;
}
