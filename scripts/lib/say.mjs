// What scripts say about themselves goes to standard error: standard output belongs to results.

/** @param {string} line */
export const say = (line) => void process.stderr.write(`${line}\n`);

const paint = (code) => (text) =>
  process.stderr.isTTY && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text;
export const green = paint('32');
export const yellow = paint('33');
export const red = paint('31');
export const bold = paint('1');

/** Milliseconds as a person reads them: `0.8 s`, `2 min 5 s`. @param {number} ms */
export function duration(ms) {
  const seconds = ms / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
