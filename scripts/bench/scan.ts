/**
 * How fast the editor's cell index is: a full scan of 1,000,000 rows, then one typed letter (a) again and again at one place and (b) at
 * random places. Run: npx esbuild scripts/bench/scan.ts --bundle --platform=node --format=esm --outfile=.cache/scan.mjs && node .cache/scan.mjs
 */
import { performance } from 'node:perf_hooks';
import type { Dialect } from '../../src/server/data/cell-index';
import { rescanCells, scanCells } from '../../src/server/data/scanner';
import { createRandom } from '../../src/server/training/random';

const ROWS = 1_000_000;
const EDITS = 40;

function makeText(dialect: Dialect, columns: number): string {
  const separator = dialect === 'tsv' ? '\t' : ',';
  const filler = Array.from({ length: columns - 2 }, (_, column) => separator + String(column)).join('');
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const question = `想把户口迁到外省去，大概几天可以办好？${String(row)}`;
    return `户政管理${separator}${dialect === 'csv' && row % 4 === 0 ? `"他说""${question}"""` : question}${filler}\n`;
  });
  return rows.join('');
}

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function report(what: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const figure = (value = 0) => value.toFixed(2).padStart(8);
  process.stdout.write(
    `${what.padEnd(46)} median ${figure(sorted[sorted.length >> 1])} ms, most ${figure(sorted.at(-1))} ms\n`,
  );
}

for (const [dialect, columns] of [
  ['tsv', 2],
  ['csv', 2],
  ['tsv', 10],
] as const) {
  // prettier-ignore
  let text = makeText(dialect, columns);
  const name = `${dialect}, ${String(columns)} columns, ${String(ROWS)} rows`;
  let index = scanCells(text, dialect);
  report(`${name}: scan`, Array.from({ length: 5 }, () => milliseconds(() => void (index = scanCells(text, dialect))))); // prettier-ignore
  const random = createRandom(1, 0);
  const type = (row: number) => {
    const start = index.cellEnd(row, 0) - 1;
    text = text.slice(0, start) + 'x' + text.slice(start);
    text.charCodeAt(start); // Joins the pieces, which is the document's cost and not the scanner's.
    return milliseconds(() => void rescanCells(index, text, { start, oldEnd: start, newEnd: start + 1 }));
  };
  type(ROWS / 2);
  report(`${name}: type in one row`, Array.from({ length: EDITS }, () => type(ROWS / 2))); // prettier-ignore
  report(`${name}: type in random rows`, Array.from({ length: EDITS }, () => type(random.below(ROWS)))); // prettier-ignore
}
