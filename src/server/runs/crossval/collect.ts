import type { Example } from '../../data/example';
import { RowlightError } from '../../errors';
import { classesOf } from '../../training/classes';
import type { OutOfFold } from '../../training/out-of-fold';
import { type Answer, HELD_OUT_ANSWERS, TEST_ANSWERS, readAnswers } from './answers';
import { stagesOf } from './fold';
import { type CrossvalRecord, foldFolder } from './record';

/** The labelled rows of the data in file order, and what the folds' models say of them. */
export interface CollectedRows extends OutOfFold {
  readonly examples: readonly Example[];
}

/**
 * Gathers the answers of all folds, which are done.
 * @param examples of the data file
 * @param stage the number of the stage whose model's answers count, from 0; the last where it is absent
 */
export async function collectHeldOut(
  folder: string,
  { labels, heldOut, multiLabel }: CrossvalRecord,
  examples: readonly Example[],
  stage?: number,
): Promise<CollectedRows> {
  const answered = new Map<number, Answer & { readonly fold: number }>();
  for (const [fold, rows] of heldOut.entries()) {
    const own = foldFolder(folder, fold + 1);
    const place = stage === undefined ? own : ((await stagesOf(own))[stage] ?? own);
    const answers = await readAnswers(place, HELD_OUT_ANSWERS, labels.length);
    if (answers.length !== rows.length)
      throw new RowlightError('bad-data', `${place}/${HELD_OUT_ANSWERS}: has ${answers.length} rows instead of ${rows.length}; delete the file and go on with the cross-validation`); // prettier-ignore
    for (const answer of answers) answered.set(answer.row, { ...answer, fold });
  }
  const own = examples.filter(({ row }) => answered.has(row));
  const { names, sets } = classesOf(labels, own, multiLabel);
  const ids = new Map(names.map((name, id) => [name, id]));
  const probabilities = new Float64Array(own.length * labels.length);
  own.forEach(({ row }, at) => probabilities.set(answered.get(row)!.probabilities, at * labels.length));
  return {
    examples: own,
    labels,
    ...(sets === undefined ? {} : { sets }),
    truth: Int32Array.from(own, ({ label }) => ids.get(label!)!),
    fold: Int32Array.from(own, ({ row }) => answered.get(row)!.fold),
    probabilities,
  };
}

/** The mean of the folds' probabilities for every row of the test file that has a text, by row number. */
export async function averageTest(
  folder: string,
  { labels, heldOut }: CrossvalRecord,
): Promise<Map<number, readonly number[]>> {
  const folds = heldOut.length;
  const sums = new Map<number, number[]>();
  for (let number = 1; number <= folds; number++) {
    for (const { row, probabilities } of await readAnswers(foldFolder(folder, number), TEST_ANSWERS, labels.length)) {
      const sum = sums.get(row) ?? labels.map(() => 0);
      probabilities.forEach((probability, id) => (sum[id]! += probability / folds));
      sums.set(row, sum);
    }
  }
  return sums;
}
