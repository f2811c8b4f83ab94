/** Files beside a data file that name its integer labels, one a line; the first that is there counts. */
export const LABEL_NAME_FILES: readonly string[] = ['class.txt', 'labels.txt', 'classes.txt'];

/** Names for integer labels: label `id` is called `names[id - first]`. */
export interface LabelNames {
  readonly names: readonly string[];
  /** The id of the first name: 0, or 1 in files such as AG News' whose ids begin there. */
  readonly first: 0 | 1;
}

/** The names in such a file: one a line, blank lines left out; `0<TAB>finance` (ids in order before the names) is understood too. */
export function parseLabelNames(content: string): string[] {
  const lines = content.replace(/^\ufeff/, '').split(/\r\n|\n|\r/).map((line) => line.trim()).filter((line) => line !== ''); // prettier-ignore
  const numbered = lines.map((line) => /^(\d+)[\s,:]+(\S.*)$/.exec(line));
  const first = Number(numbered[0]?.[1] ?? NaN);
  return numbered.every((match, at) => match && Number(match[1]) === first + at)
    ? numbered.map((match) => match?.[2] ?? '')
    : lines;
}

/**
 * How `names` name the labels `values` of a file; undefined where they do not (fewer than half of the different values are ids or
 * names of theirs: the file beside is about something else). Ids begin at 1 where there is a label `names.length` and no label 0.
 */
export function matchLabelNames(values: Iterable<string>, names: readonly string[]): LabelNames | undefined {
  const distinct = new Set(values);
  const first = distinct.has(String(names.length)) && !distinct.has('0') ? 1 : 0;
  const matched = [...distinct].filter((value) => nameLabel(value, { names, first }) !== undefined).length;
  return names.length > 0 && matched * 2 >= distinct.size ? { names, first } : undefined;
}

/** The name of a label: itself if it is a name already, the name of an integer id, undefined for anything else. */
export function nameLabel(value: string, { names, first }: LabelNames): string | undefined {
  if (names.includes(value)) return value;
  return /^\d+$/.test(value) ? names[Number(value) - first] : undefined;
}

/**
 * The label set of a file, in the order that fixes the classes' ids. Integers come in numerical order, everything else by code point
 * (Python's `sorted`), whatever the language of the machine is; where a file names the labels, use its order instead.
 */
export function orderLabels(values: Iterable<string>): string[] {
  const labels = [...new Set(values)];
  const integers = labels.every((label) => /^-?\d+$/.test(label));
  return labels.sort(integers ? (a, b) => Number(a) - Number(b) || compareCodePoints(a, b) : compareCodePoints);
}

function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = codePointRank(a.charCodeAt(at)) - codePointRank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others, although U+E000 to U+FFFF are greater as code units. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
