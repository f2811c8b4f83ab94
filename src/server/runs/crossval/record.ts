import { join } from 'node:path';
import { z } from 'zod';
import { RowlightError } from '../../errors';
import { columnsSchema, multiLabelSchema } from '../../model/rowlight-json';
import { nodeFiles } from '../../node-files';
import { parseJson } from '../../parse-json';
import { sourceSchema } from '../run-folder';

/*
 * crossval.json        what was asked for and which rows each fold holds out; written first, never changed
 * fold-1/ …            a run folder each, with the answers of its model (answers.ts)
 * out-of-fold.tsv      what files.ts makes of all folds; so are test-predictions.tsv and submission.csv
 * scores.json          how good it is (scores.ts); written last: a cross-validation that has it is done
 * .lock-…, cancel      as in a run folder
 */

/** Name of the file that makes a folder a cross-validation. */
export const CROSSVAL_FILE = 'crossval.json';

const schema = z.object({
  format: z.literal(1),
  id: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** Version of Rowlight. */
  rowlight: z.string(),
  /** What `rowlight train` is given for each fold, as on the command line. */
  arguments: z.array(z.string()),
  data: sourceSchema,
  /** A file to predict with every fold's model. */
  test: sourceSchema.optional(),
  /** The file of the folds' recipe. */
  recipe: sourceSchema.optional(),
  /** Column of the test file that names a row in `submission.csv`. */
  idColumn: z.string().optional(),
  columns: columnsSchema,
  headerless: z.boolean(),
  /** In the order of the models' ids. */
  labels: z.array(z.string()).min(2),
  /** How rows hold several labels; absent where they have one. */
  multiLabel: multiLabelSchema.optional(),
  /** The label whose probability counts, of a binary task; of several labels a row the one that is scored by itself. */
  positive: z.string().optional(),
  stratified: z.boolean(),
  /** Name of the column whose equal values share a fold. */
  group: z.string().optional(),
  seed: z.int(),
  /** Fold by fold, the rows of the data file that it holds out (header not counted, from 0), ascending: each labelled row once. */
  heldOut: z.array(z.array(z.int().min(0))).min(2),
});

/** What `crossval.json` says. */
export type CrossvalRecord = z.infer<typeof schema>;

/** Writes the record of a new cross-validation; rejects with reason `bad-argument` where the folder has one already. */
export async function createCrossval(folder: string, record: Omit<CrossvalRecord, 'format'>): Promise<CrossvalRecord> {
  const file = join(folder, CROSSVAL_FILE);
  if (await nodeFiles.exists(file)) {
    throw new RowlightError(
      'bad-argument',
      `${folder}: holds a cross-validation already; give another folder, or go on with --resume ${folder}`,
    );
  }
  const whole: CrossvalRecord = { format: 1, ...record };
  await nodeFiles.writeAtomic(file, `${JSON.stringify(whole)}\n`);
  return whole;
}

/** Reads it. Rejects with reason `not-found` where the folder is no cross-validation, `bad-data` where the file is broken. */
export async function readCrossval(folder: string): Promise<CrossvalRecord> {
  const file = join(folder, CROSSVAL_FILE);
  if (!(await nodeFiles.exists(file))) {
    throw new RowlightError(
      'not-found',
      `${folder}: is no cross-validation (it has no ${CROSSVAL_FILE}); give the folder of one`,
    );
  }
  return parseJson(await nodeFiles.read(file), schema, file, 'bad-data');
}

/** The run folder of a fold; `number` counts from 1. */
export function foldFolder(folder: string, number: number): string {
  return join(folder, `fold-${number}`);
}
