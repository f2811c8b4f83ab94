/** A label without what people vary when they type it: width, case, and blanks. */
export function foldLabel(label: string): string {
  return label.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ');
}

/** Longest label, in code points, that is compared letter by letter. */
const LONGEST = 64;

/**
 * Whether `label` may be a slip of the pen for `other`. `generous` where the label is known to be wrong, so that only the best guess at what was
 * meant is wanted; else short labels, which differ by one letter as a rule, must be equal up to width, case and blanks. Labels whose digits
 * differ are never near: `class 1` is not a slip for `class 2`.
 * @returns how far they are apart: 0 for equal up to width, case and blanks, else the number of letters to change; undefined for "not near"
 */
export function nearness(label: string, other: string, generous: boolean): number | undefined {
  const [a, b] = [[...foldLabel(label)], [...foldLabel(other)]];
  const length = Math.max(a.length, b.length);
  const most = generous ? Math.max(1, Math.floor(length / 3)) : length < 3 ? 0 : length < 6 ? 1 : 2;
  if (length > LONGEST || Math.abs(a.length - b.length) > most || digits(a) !== digits(b)) return undefined;
  // A label of one letter is near to every other one.
  if (Math.min(a.length, b.length) < 2 && a.join('') !== b.join('')) return undefined;
  const distance = editDistance(a, b);
  return distance <= most ? distance : undefined;
}

/** How many letters must be put in, left out, changed or swapped with their neighbour (optimal string alignment). */
export function editDistance(a: readonly string[], b: readonly string[]): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return above[b.length] ?? 0;
}

function digits(letters: readonly string[]): string {
  return letters.filter((letter) => /\p{N}/u.test(letter)).join('');
}
