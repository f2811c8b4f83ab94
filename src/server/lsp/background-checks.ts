import { contradicts, knowsLabels } from '../data/checks/contradiction';
import { calledLabel } from '../data/checks/check-row';
import { mostPieces } from '../data/checks/length-bound';
import { Flag, NONE, SKIPPED } from '../data/checks/row-facts';
import type { FileColumns } from '../data/file-columns';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { TextInput } from '../inference/prediction';
import { specialTokenCount } from '../tokenizer/encode';
import type { FileChecks } from './file-checks';
import type { FilePredictions } from './file-predictions';
import type { ModelFile } from './file-states';
import { firstRow, rowView } from './file-view';
import type { LengthLimit } from './length-limits';
import type { OutOfFold } from './out-of-fold';
import { inSlices } from './slices';
import type { ModelCard } from './model-of-file';

/** Rows predicted with one request. */
const CHUNK = 256;
/** Most labelled rows of a file that are predicted for the sake of checks; beyond, those count that were predicted for hints. */
const MOST_PREDICTED = 10_000;

/** What background checks work with. */
export interface BackgroundParts {
  readonly predictions: FilePredictions;
  readonly limitOf: (card: ModelCard) => Promise<LengthLimit | undefined>;
  readonly log: Log;
}

/** Who judges the rows of a file: the model that predicts it, a cross-validation, or both. */
export interface Judges {
  readonly columns: FileColumns;
  readonly model: ModelFile | undefined;
  /** Goes first: none of its models was trained on the row that it judges. */
  readonly outOfFold: OutOfFold | undefined;
}

/**
 * Finds out what takes a model: which texts it cuts, and what is said of labelled rows. Calls `changed` when that gives or takes a finding.
 * Ends when all rows are known, quietly when `signal` aborts, and with a line in the log where the model fails, which hints tell the user.
 */
export async function runBackgroundChecks(
  checks: FileChecks,
  judges: Judges,
  { predictions, limitOf, log }: BackgroundParts,
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  const news = (): void => {
    checks.news++;
    changed();
  };
  try {
    const limit = judges.model && (await limitOf(judges.model.card));
    if (limit && (await measure(checks, judges.columns, limit, signal))) news();
    await judge(checks, judges, predictions, news, signal);
  } catch (error) {
    if (!RowlightError.is(error, 'cancelled')) log.debug('checks by the model ended', { error: String(error) });
  }
}

/** Measures the texts that may be too long; whether any is. */
async function measure(
  checks: FileChecks,
  columns: FileColumns,
  { tokenizer, maxLength }: LengthLimit,
  signal: AbortSignal,
): Promise<boolean> {
  const { facts, document } = checks;
  function* look(): Generator<void, boolean> {
    let cut = false;
    for (let row = firstRow(columns); row < facts.length; row++) {
      if (row % 16 === 0) yield;
      if (!facts.is(row, Flag.data) || facts.is(row, Flag.measured)) continue;
      const view = rowView(document, columns, row);
      if (!view) continue;
      const tooLong = isCut(view.input, tokenizer, maxLength);
      facts.flags[row] = (facts.flags[row] ?? 0) | Flag.measured | (tooLong ? Flag.cut : 0);
      cut ||= tooLong;
    }
    return cut;
  }
  return inSlices(look(), signal);
}

/** Whether a model reads only a part of a text. */
export function isCut({ text, textB }: TextInput, tokenizer: LengthLimit['tokenizer'], maxLength: number): boolean {
  const bound = mostPieces(text) + mostPieces(textB ?? '') + specialTokenCount(textB !== undefined);
  return bound > maxLength && tokenizer.encode(text, textB, maxLength).truncated;
}

/** Predicts labelled rows, a request at a time; `news` is called where one of them contradicts its label. */
async function judge(
  checks: FileChecks,
  { columns, model, outOfFold }: Judges,
  predictions: FilePredictions,
  news: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { facts, document } = checks;
  const known = new Set(model ? predictions.labels(model) : []);
  let left = MOST_PREDICTED;
  /** Takes over the prediction of a row if it is there; else what to predict. */
  const take = (row: number): TextInput | undefined => {
    const label = facts.labels[row] ?? NONE;
    if (!facts.is(row, Flag.data) || label === NONE || facts.predicted[row] !== NONE) return undefined;
    const view = rowView(document, columns, row);
    const name = calledLabel(facts.labelOf(label) ?? '', columns.labelNames);
    if (!view) return undefined;
    const { delimiter } = columns;
    const judged = outOfFold && knowsLabels(name, outOfFold.labels, delimiter) ? outOfFold.of(view.input) : undefined;
    if (!judged && (!model || !knowsLabels(name, known, delimiter))) return undefined;
    const own = judged ? undefined : model && predictions.get(model, view.input);
    const prediction = judged ?? own;
    if (!prediction) return view.input;
    facts.predicted[row] = facts.idOf(prediction.label);
    facts.probability[row] = prediction.probability;
    // Nothing here knows the tokens of a served model: its answer tells what it cut.
    if (own?.truncated && model?.model.server !== undefined) {
      facts.flags[row] = (facts.flags[row] ?? 0) | Flag.measured | Flag.cut;
      found = true;
    }
    if (judged) facts.flags[row] = (facts.flags[row] ?? 0) | Flag.outOfFold;
    const labels = judged && outOfFold ? outOfFold.labels : known;
    if (contradicts(name, prediction.label, prediction.probability, labels, delimiter)) found = true;
    return undefined;
  };
  let found = false;
  /** The next rows to predict, from `from` on. */
  function* gather(from: number): Generator<void, { readonly rows: number[]; readonly inputs: TextInput[] }> {
    const rows: number[] = [];
    const inputs: TextInput[] = [];
    for (let row = from; row < facts.length && inputs.length < CHUNK; row++) {
      if (row % 64 === 0) yield;
      const input = take(row);
      if (!input) continue;
      if (left-- <= 0) facts.predicted[row] = SKIPPED;
      else {
        rows.push(row);
        inputs.push(input);
      }
    }
    return { rows, inputs };
  }
  // An edit moves rows about: then the rest of them is looked for from the start again, a limited number of times.
  for (let from = firstRow(columns); ;) {
    const { rows, inputs } = await inSlices(gather(from), signal);
    if (model && inputs.length > 0) await predictions.want(model, inputs, 'background', signal);
    for (const row of rows) take(row);
    if (found) news();
    found = false;
    if (rows.length === 0) break;
    from = rows[0] ?? from;
    const done = rows.every((row) => facts.predicted[row] !== NONE);
    // Neither predicted nor moved: forgotten by the cache at once, or no longer a labelled row.
    if (!done) from = (rows.at(-1) ?? from) + 1;
  }
}
