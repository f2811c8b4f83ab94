import { join } from 'node:path';
import { RowlightError } from '../../errors';
import { nodeFiles } from '../../node-files';

/*
 * What a fold's model says of rows: `held-out.tsv` for those that the fold held out, `test.tsv` for those of the test file. UTF-8, tabs, lines
 * ended by `\n`, no header; a row's number in its file (header not counted, from 0), `textHash` of its text, then a probability a label in the
 * order of the model's ids, in full precision.
 */

/** Name of the file with the held-out rows; written last: a fold that has it is done. */
export const HELD_OUT_ANSWERS = 'held-out.tsv';

/** Name of the file with the rows of the test file. */
export const TEST_ANSWERS = 'test.tsv';

/** What a model says of a row. */
export interface Answer {
  readonly row: number;
  /** `textHash` of its text. */
  readonly hash: string;
  /** A label each, in the order of the model's ids. */
  readonly probabilities: readonly number[];
}

/** Writes answers, atomically. */
export async function writeAnswers(folder: string, name: string, answers: readonly Answer[]): Promise<void> {
  const lines = answers.map(({ row, hash, probabilities }) => `${[row, hash, ...probabilities].join('\t')}\n`);
  await nodeFiles.writeAtomic(join(folder, name), lines.join(''));
}

/** Reads them. Rejects with reason `not-found` where there are none, `bad-data`, naming the line, where they are not `labels` wide. */
export async function readAnswers(folder: string, name: string, labels: number): Promise<Answer[]> {
  const file = join(folder, name);
  const lines = new TextDecoder().decode(await nodeFiles.read(file)).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => {
    const [row, hash, ...rest] = line.split('\t');
    const probabilities = rest.map(Number);
    if (!/^\d+$/.test(row ?? '') || hash === undefined || rest.length !== labels || probabilities.some(Number.isNaN)) {
      throw new RowlightError(
        'bad-data',
        `${file}: line ${index + 1}: not a row that Rowlight writes; delete the file and go on with the cross-validation`,
      );
    }
    return { row: Number(row), hash, probabilities };
  });
}
