import { foldLabel, nearness } from './near-label';

/** What is wrong with a label: `meant` is the label that it seems to be a slip for. */
export interface LabelIssue {
  readonly meant?: string;
  /** Whether it is the same up to width, case and blanks. */
  readonly form?: boolean;
}

/** A label occurring no more often than this may be a slip. */
const RARE = 2;
/** A label must occur so often to be what a rare one was meant to be. */
const FREQUENT = 5;
/** Most pairs of labels that are compared letter by letter; a column with more is hardly one of labels. */
const MOST_PAIRS = 100_000;

/**
 * Judges the labels of a file: with `declared` ones, every other is wrong, and the nearest declared one is what was meant; without, a label is
 * suspected that differs from a more frequent one only in width, case or blanks, or that is rare and nearly spelt like a frequent one. Yields
 * between labels.
 * @param counts how often each label occurs
 */
export function* judgeLabels(
  counts: ReadonlyMap<string, number>,
  declared?: readonly string[],
): Generator<void, Map<string, LabelIssue>> {
  const issues = new Map<string, LabelIssue>();
  const known = new Set(declared);
  const forms = declared ? firstByForm(declared) : frequentByForm(counts);
  const models = declared ?? [...counts].filter(([, count]) => count >= FREQUENT).map(([label]) => label);
  let pairs = MOST_PAIRS;
  for (const [label, count] of counts) {
    if (known.has(label)) continue;
    const form = forms.get(foldLabel(label));
    if (form !== undefined && form !== label) issues.set(label, { meant: form, form: true });
    else if (declared || count <= RARE) {
      pairs -= models.length;
      const meant = pairs < 0 ? undefined : nearest(label, models, declared !== undefined);
      if (meant !== undefined) issues.set(label, { meant, form: false });
      else if (declared) issues.set(label, {});
      yield;
    }
  }
  return issues;
}

function nearest(label: string, models: readonly string[], generous: boolean): string | undefined {
  let found: string | undefined;
  let least = Infinity;
  for (const model of models) {
    const distance = model === label ? undefined : nearness(label, model, generous);
    if (distance !== undefined && distance < least) [found, least] = [model, distance];
  }
  return found;
}

function firstByForm(labels: readonly string[]): Map<string, string> {
  const forms = new Map<string, string>();
  for (const label of labels) if (!forms.has(foldLabel(label))) forms.set(foldLabel(label), label);
  return forms;
}

/** Of the labels with one form, the most frequent; of equals the one that comes first. */
function frequentByForm(counts: ReadonlyMap<string, number>): Map<string, string> {
  const forms = new Map<string, string>();
  for (const [label, count] of counts) {
    const form = foldLabel(label);
    const other = forms.get(form);
    if (other === undefined || count > (counts.get(other) ?? 0)) forms.set(form, label);
  }
  return forms;
}
