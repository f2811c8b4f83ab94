import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { AdaptationChoices, AdaptationPlan, AdaptedRows } from '../../protocol/adapt';
import type { FileColumns } from '../data/file-columns';
import { cellValue } from '../data/scanner';
import { readDocuments } from '../corpus/read-documents';
import { RowlightError } from '../errors';
import type { BertConfig } from '../model/config';
import type { RowlightJson } from '../model/rowlight-json';
import { adaptationNumbers, roughTokens } from '../pretraining/adaptation';
import type { DataDocument } from './documents';
import { firstRow } from './file-view';
import { inSlices } from './slices';

/** Rows with a text and about how many tokens they have, by which rows are taken. */
export type TextCount = { readonly [Rows in AdaptedRows]: { readonly texts: number; readonly tokens: number } };

/** Counts the texts of a file, yielding to the event loop. */
export function countTexts(document: DataDocument, columns: FileColumns): Promise<TextCount> {
  return inSlices(lookAtTexts(document, columns));
}

function* lookAtTexts(document: DataDocument, columns: FileColumns): Generator<void, TextCount> {
  const [all, unlabelled] = [
    { texts: 0, tokens: 0 },
    { texts: 0, tokens: 0 },
  ];
  for (let row = firstRow(columns); ; row++) {
    if (row % 512 === 0) yield;
    const { index, text } = document;
    if (!index || row >= index.rowCount) break;
    const cell = (column: number) => (column < index.cellCount(row) ? cellValue(text, index, row, column).trim() : '');
    const own = cell(columns.text);
    if (own === '') continue;
    const tokens = roughTokens(own);
    const counts = columns.label !== undefined && cell(columns.label) === '' ? [all, unlabelled] : [all];
    for (const count of counts) {
      count.texts++;
      count.tokens += tokens;
    }
  }
  return { all, unlabelled };
}

/** Rate of a base model that recommends none, and the least for one that recommends a rate of fine-tuning. */
const LEARNING_RATE = 5e-5;
/** Tokens of a sequence, where the model reads as many. */
const LENGTH = 128;

/** What suits a model and a number of texts. */
export function recommendedChoices(
  count: TextCount,
  model: { readonly config: BertConfig; readonly rowlight: RowlightJson | undefined },
  leaveOut: readonly string[],
): AdaptationPlan['recommended'] {
  const maxLength = Math.min(LENGTH, model.config.maxPositions);
  const learningRate = Math.max(LEARNING_RATE, model.rowlight?.recommended?.learningRate ?? 0);
  const of = (rows: AdaptedRows): AdaptationChoices => ({
    rows,
    learningRate,
    maxLength,
    leaveOut,
    ...adaptationNumbers(count[rows].tokens, maxLength),
  });
  return { all: of('all'), unlabelled: of('unlabelled') };
}

/** A name by which a file beside the data is a test set: `dev.tsv`, `test_2.tsv`. */
const TEST_SET = /^(dev|test|val|valid|validation|eval)(?![a-z])/i;

/** The files beside a data file that are test sets by their names and have its column of texts. None where the folder cannot be read. */
export async function testSetsBeside(data: string, textColumn: string): Promise<string[]> {
  const names = await readdir(dirname(data)).catch(() => []);
  const found: string[] = [];
  for (const name of names.sort()) {
    if (!TEST_SET.test(name) || extname(name) !== extname(data) || name === basename(data)) continue;
    const path = join(dirname(data), name);
    if (await hasColumn(path, textColumn)) found.push(path);
  }
  return found;
}

/** Whether a table has a column: its first text can be read. */
async function hasColumn(path: string, textColumn: string): Promise<boolean> {
  try {
    for await (const _ of readDocuments(path, { textColumn }, () => undefined)) return true;
  } catch (error) {
    if (!RowlightError.is(error)) throw error;
  }
  return false;
}
