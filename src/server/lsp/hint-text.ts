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

/** A probability as per cent: whole below 99.5 %, one decimal above, so that 100 % is never said of less than 99.95 %. */
export function percent(probability: number): string {
  const value = probability * 100;
  if (value >= 99.95) return '100%';
  if (value >= 99.5) return `${(Math.floor(value * 10 + 1e-9) / 10).toFixed(1)}%`;
  if (value < 0.5) return '<1%';
  return `${Math.round(value)}%`;
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
