import type { HeldOutRow } from '../../protocol/metrics';
import type { Dataset } from '../data/dataset';
import { type MultiLabel, sameLabels, splitLabels } from '../data/multi-label';
import { type HashedRows, locateRows } from './locate-rows';
import type { JudgedRow } from './predictions';
import { textHash } from './run-folder';

/** A row of data as it stands in its file. */
export interface FileRow {
  readonly text: string;
  readonly textB?: string;
  /** Empty on an unlabelled row. */
  readonly label: string;
  /** The line on which it begins, from 0. */
  readonly line: number;
}

/** The rows of a file, in memory; `undefined` for a row without text. Row numbers leave out the header. */
export interface FileRows {
  readonly count: number;
  at(row: number): FileRow | undefined;
}

/** The rows of a file that was read from the disk. */
export function datasetRows({ rows, examples, lines }: Dataset): FileRows {
  const byRow = new Map(examples.map((example) => [example.row, example]));
  return {
    count: rows.length,
    at(row) {
      const example = byRow.get(row);
      if (!example) return undefined;
      const { text, textB, label = '' } = example;
      return { text, ...(textB === undefined ? {} : { textB }), label, line: (lines[row] ?? 1) - 1 };
    },
  };
}

/** Where judged rows are in a file now. */
export async function findHeldOut(
  judged: readonly JudgedRow[],
  rows: FileRows,
  breathe?: () => Promise<void>,
): Promise<(FileRow | undefined)[]> {
  const hashed: HashedRows = {
    count: rows.count,
    hashAt(row) {
      const found = rows.at(row);
      return found && textHash(found.text, found.textB);
    },
  };
  const places = await locateRows(judged, hashed, breathe);
  return places.map((row) => (row === undefined ? undefined : rows.at(row)));
}

/** The labels that a judged row has and was not given, and those that it was given and has not. */
export function wrongLabels({ label, prediction }: Pick<JudgedRow, 'label' | 'prediction'>, multiLabel: MultiLabel) {
  const [own, given] = [splitLabels(label, multiLabel), splitLabels(prediction, multiLabel)];
  return {
    missing: own.filter((one) => !given.includes(one)),
    extra: given.filter((one) => !own.includes(one)),
  };
}

/** A judged row as it is shown: what the model said of it, and what the file says now. */
export function heldOutRow(
  index: number,
  judged: JudgedRow,
  found: FileRow | undefined,
  multiLabel?: MultiLabel,
): HeldOutRow {
  const { label, prediction, probability, second, secondProbability } = judged;
  return {
    index,
    label,
    prediction,
    probability,
    ...(second === undefined || secondProbability === undefined ? {} : { second, secondProbability }),
    text: found ? shorten(found.textB === undefined ? found.text : `${found.text}\n${found.textB}`) : null,
    line: found?.line ?? null,
    ...(found === undefined || sameLabels(found.label, label, multiLabel) ? {} : { labelNow: found.label }),
    ...(multiLabel === undefined ? {} : wrongLabels(judged, multiLabel)),
  };
}

/** Most UTF-16 units of a text that are sent to be shown in a list. */
const SHOWN = 400;

function shorten(text: string): string {
  if (text.length <= SHOWN) return text;
  // Half an emoji is no character.
  return `${text.slice(0, SHOWN).replace(/[\ud800-\udbff]$/, '')}…`;
}
