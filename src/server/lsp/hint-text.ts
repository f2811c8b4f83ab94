import { percent } from '../../protocol/percent';

export { percent };

/** Longest hint in UTF-16 units: VS Code shows 43 a line for all extensions together (`editor.inlayHints.maximumLength`). */
export const MAX_HINT = 20;

/**
 * What stands beside a row: `label 97%` on an unlabelled row, `· 98%` where the given label is the predicted one, `→ label 97%` where it
 * differs. A long label is cut with `…`.
 */
export function hintText(predicted: string, probability: number, given: string | undefined): string {
  const per = percent(probability);
  if (given === predicted) return `· ${per}`;
  const mark = given === undefined ? '' : '→ ';
  return `${mark}${shorten(predicted, MAX_HINT - mark.length - per.length - 1)} ${per}`;
}

/** What stands beside an unlabelled row while only the file's own labelled rows predict it: `≈ label 63%`. */
export function provisionalHintText(predicted: string, probability: number): string {
  const per = percent(probability);
  return `≈ ${shorten(predicted, MAX_HINT - per.length - 3)} ${per}`;
}

/** At most `length` UTF-16 units, whole characters only, line breaks as blanks. */
function shorten(label: string, length: number): string {
  const clean = label.replace(/\s+/g, ' ');
  if (clean.length <= length) return clean;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(clean)) {
    if (cut.length + segment.length > length - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
