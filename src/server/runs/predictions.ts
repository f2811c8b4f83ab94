import { join } from 'node:path';
import { RowlightError } from '../errors';
import { CHECKPOINTS_FOLDER } from '../model/checkpoint-pointers';
import type { ModelFile } from '../model/model-folder';
import { nodeFiles } from '../node-files';
import { readPointers } from './checkpoints';

/**
 * Name of the file with the held-out rows as a checkpoint judges them. It is written into the checkpoint's folder before that gets its name, so the
 * two are never apart; the run folder has a copy of the best checkpoint's for people and other tools, which a kill may leave one checkpoint behind.
 */
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
  /** The label predicted next, and its probability; runs of Rowlight 0.1 lack them. */
  readonly second?: string;
  readonly secondProbability?: number;
}

/**
 * The predictions as a file of a checkpoint: UTF-8, tabs between the cells, lines ended by `\n`, the first of them the header
 * `row hash label prediction probability second second_probability`. Probabilities have six decimals; labels have `\t`, `\n`, `\r` and `\\` for
 * what would break a line. The last two cells are empty where the model has no second label.
 */
export function predictionsFile(rows: readonly JudgedRow[]): ModelFile {
  const lines = rows.map(({ row, hash, label, prediction, probability, second, secondProbability }) =>
    [
      row,
      hash,
      escape(label),
      escape(prediction),
      probability.toFixed(6),
      escape(second ?? ''),
      secondProbability?.toFixed(6) ?? '',
    ].join('\t'),
  );
  return { name: PREDICTIONS_FILE, parts: [new TextEncoder().encode(`${[HEADER, ...lines].join('\n')}\n`)] };
}

/** Copies the best checkpoint's predictions to the run folder; nothing where it has none. The caller holds the run's lock. */
export async function publishPredictions(run: string): Promise<void> {
  const file = await ofBestCheckpoint(run);
  if (file !== undefined) await nodeFiles.writeAtomic(join(run, PREDICTIONS_FILE), await nodeFiles.read(file));
}

/**
 * Reads the predictions of a run: its best checkpoint's own, whatever the copy in the run folder says. Of a run by Rowlight 0.1, whose checkpoints
 * have none, the file in the run folder. None where nothing was evaluated yet. Rejects with reason `bad-data` that names the line where one is broken.
 */
export async function readPredictions(run: string): Promise<JudgedRow[]> {
  const copy = join(run, PREDICTIONS_FILE);
  const file = (await ofBestCheckpoint(run)) ?? ((await nodeFiles.exists(copy)) ? copy : undefined);
  if (file === undefined) return [];
  try {
    return parsePredictions(await nodeFiles.read(file), file);
  } catch (error) {
    // A run under way may have put a better checkpoint in this one's place while it was read.
    const now = RowlightError.is(error, 'not-found') ? await ofBestCheckpoint(run) : file;
    if (now === undefined || now === file) throw error;
    return parsePredictions(await nodeFiles.read(now), now);
  }
}

async function ofBestCheckpoint(run: string): Promise<string | undefined> {
  const pointers = await readPointers(run);
  if (pointers === undefined) return undefined;
  const file = join(run, CHECKPOINTS_FOLDER, pointers.best, PREDICTIONS_FILE);
  return (await nodeFiles.exists(file)) ? file : undefined;
}

/** Reads what `predictionsFile` made. Throws with reason `bad-data`, naming the line, where it is none. */
export function parsePredictions(content: Uint8Array, file: string): JudgedRow[] {
  const [header, ...lines] = new TextDecoder().decode(content).split('\n');
  if (header !== HEADER && header !== OLD_HEADER)
    throw new RowlightError('bad-data', `${file}: line 1: not the header that Rowlight writes`);
  if (lines.at(-1) === '') lines.pop();
  const width = header.split('\t').length;
  return lines.map((line, index) => {
    const cells = line.split('\t');
    const [row, hash, label, prediction, probability, second, secondProbability] = cells;
    const whole = cells.length === width && /^\d+$/.test(row!);
    if (!whole || !isProbability(probability) || (secondProbability && !isProbability(secondProbability))) {
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
      ...(secondProbability ? { second: unescape(second!), secondProbability: Number(secondProbability) } : {}),
    };
  });
}

function isProbability(cell: string | undefined): boolean {
  return cell !== undefined && /^\d(\.\d+)?$/.test(cell) && Number(cell) <= 1;
}

const OLD_HEADER = ['row', 'hash', 'label', 'prediction', 'probability'].join('\t');
const HEADER = [OLD_HEADER, 'second', 'second_probability'].join('\t');

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
const UNESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };

function escape(text: string): string {
  return text.replace(/[\t\n\r\\]/g, (found) => ESCAPES[found]!);
}

function unescape(text: string): string {
  return text.replace(/\\([tnr\\])/g, (_, found: string) => UNESCAPES[found]!);
}
