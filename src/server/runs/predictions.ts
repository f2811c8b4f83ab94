import { join } from 'node:path';
import { RowlightError } from '../errors';
import { nodeFiles } from '../node-files';

/** Name of the file in a run folder: the held-out rows as the best checkpoint judges them. */
export const PREDICTIONS_FILE = 'predictions.tsv';

/** A held-out row and what the model says of it. */
export interface JudgedRow {
  /** Index in the file of held-out rows (header not counted, from 0). */
  readonly row: number;
  /** `textHash` of its text, so that it is found again after edits. */
  readonly hash: string;
  /** The label it has. */
  readonly label: string;
  /** The label predicted, and its probability. */
  readonly prediction: string;
  readonly probability: number;
}

/** Replaces the predictions of a run. Labels are written with `\t`, `\n`, `\r` and `\\` for what would break a line. */
export async function writePredictions(run: string, rows: readonly JudgedRow[]): Promise<void> {
  const lines = rows.map((one) =>
    [one.row, one.hash, escape(one.label), escape(one.prediction), one.probability.toFixed(6)].join('\t'),
  );
  await nodeFiles.writeAtomic(join(run, PREDICTIONS_FILE), `${[HEADER, ...lines].join('\n')}\n`);
}

/** Reads the predictions of a run; none where it has no such file. Rejects with reason `bad-data` that names the line where one is broken. */
export async function readPredictions(run: string): Promise<JudgedRow[]> {
  const file = join(run, PREDICTIONS_FILE);
  if (!(await nodeFiles.exists(file))) return [];
  const lines = new TextDecoder().decode(await nodeFiles.read(file)).split('\n');
  if (lines.shift() !== HEADER)
    throw new RowlightError('bad-data', `${file}: line 1: not the header that Rowlight writes`);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => {
    const [row, hash, label, prediction, probability, ...more] = line.split('\t');
    if (probability === undefined || more.length > 0 || !/^\d+$/.test(row!) || !(Number(probability) >= 0)) {
      throw new RowlightError(
        'bad-data',
        `${file}: line ${index + 2}: not a row that Rowlight writes; evaluate the run again`,
      );
    }
    return {
      row: Number(row),
      hash: hash!,
      label: unescape(label!),
      prediction: unescape(prediction!),
      probability: Number(probability),
    };
  });
}

const HEADER = ['row', 'hash', 'label', 'prediction', 'probability'].join('\t');

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
const UNESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };

function escape(text: string): string {
  return text.replace(/[\t\n\r\\]/g, (found) => ESCAPES[found]!);
}

function unescape(text: string): string {
  return text.replace(/\\([tnr\\])/g, (_, found: string) => UNESCAPES[found]!);
}
