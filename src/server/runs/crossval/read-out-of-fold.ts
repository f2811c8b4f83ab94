import type { MultiLabel } from '../../data/multi-label';
import { HELD_OUT_ANSWERS, readAnswers } from './answers';
import { isFoldDone } from './fold';
import { foldFolder, readCrossval } from './record';

/** What a cross-validation says of texts, each by a model that never saw it. */
export interface OutOfFoldAnswers {
  /** In the order of the probabilities. */
  readonly labels: readonly string[];
  /** How rows hold several labels; absent where they have one. */
  readonly multiLabel?: MultiLabel;
  /** By `textHash`, a probability a label. */
  readonly probabilities: ReadonlyMap<string, readonly number[]>;
}

/**
 * Reads the answers of a cross-validation's finished folds; of one under way those that there are. Rejects with reason `not-found` where the folder
 * is none, `bad-data` where a file in it is broken.
 */
export async function readOutOfFold(folder: string): Promise<OutOfFoldAnswers> {
  const { labels, multiLabel, heldOut } = await readCrossval(folder);
  const probabilities = new Map<string, readonly number[]>();
  for (let number = 1; number <= heldOut.length; number++) {
    if (!(await isFoldDone(folder, number))) continue;
    for (const answer of await readAnswers(foldFolder(folder, number), HELD_OUT_ANSWERS, labels.length))
      probabilities.set(answer.hash, answer.probabilities);
  }
  return { labels, ...(multiLabel === undefined ? {} : { multiLabel }), probabilities };
}
