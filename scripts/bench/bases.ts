// Several bases fine-tuned on the same rows with the same settings and seeds, and judged on the same test part: what pre-training was worth.
//
//   npm run build && node scripts/bench.mjs bases BASE… --train train.tsv --test test.tsv [--dev dev.tsv] [--labels 50] [--seeds 1,2,3] [-- OPTIONS OF TRAIN]
//
// Files are TSV with the label in the first column, a row a line. With --labels each seed draws so many rows of each label, the same for all bases. A base
// is all that `rowlight train --base` takes. Printed: accuracy and macro-F1 of each, mean ± standard deviation over the seeds; how much each is above
// the first base, seed by seed; and the naive Bayes of the same rows, which is the floor.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawRows } from './bases/draw-rows';
import { meanAndDeviation } from './bases/spread';

const given = process.argv.slice(2);
const end = given.includes('--') ? given.indexOf('--') : given.length;
const settings = given.slice(end + 1);
const { values, positionals: bases } = parseArgs({
  args: given.slice(0, end),
  allowPositionals: true,
  options: {
    train: { type: 'string' },
    dev: { type: 'string' },
    test: { type: 'string' },
    labels: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    threads: { type: 'string', default: '2' },
  },
});
const seeds = values.seeds.split(',');
if (bases.length === 0 || !values.train || !values.test) throw new Error('give bases, --train and --test');
const folder = mkdtempSync(join(tmpdir(), 'rowlight-bases-'));

/** Runs the built command line; answers what it prints as JSON. */
function rowlight(...args: string[]): Record<string, unknown> {
  const all = ['dist/cli.cjs', ...args, '--threads', values.threads, '--json'];
  const output = execFileSync(process.execPath, all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(output) as Record<string, unknown>;
}

/** The rows of a seed: all, or so many of each label, drawn at random. */
function rowsOf(seed: string): string {
  if (values.labels === undefined) return values.train!;
  const [header, ...rows] = readFileSync(values.train!, 'utf8').trimEnd().split('\n');
  const labels = rows.map((row) => row.split('\t', 1)[0]!);
  const drawn = drawRows(labels, Number(values.labels), Number(seed));
  const file = join(folder, `train-${seed}.tsv`);
  writeFileSync(file, `${[header, ...drawn.map((row) => rows[row])].join('\n')}\n`);
  return file;
}

/** Accuracy and macro-F1 on the test part, both in percent. */
interface Scores {
  readonly accuracy: number;
  readonly macroF1: number;
}
const scores = new Map(bases.map((base): [string, Scores[]] => [base, []]));
const floors: Scores[] = [];
for (const seed of seeds) {
  const train = rowsOf(seed);
  for (const [number, base] of bases.entries()) {
    const run = join(folder, `run-${seed}-${number}`);
    const dev = values.dev === undefined ? [] : ['--dev', values.dev];
    rowlight('train', train, ...dev, '--base', base, '--output', run, '--seed', seed, ...settings);
    const judged = rowlight('evaluate', run, values.test!, ...(number === 0 ? ['--floor', train] : []));
    const floor = judged.floor as { accuracy: number; macro_f1: number } | undefined;
    if (floor) floors.push({ accuracy: 100 * floor.accuracy, macroF1: 100 * floor.macro_f1 });
    scores.get(base)!.push({
      accuracy: 100 * (judged.eval_accuracy as number),
      macroF1: 100 * (judged.eval_macro_f1 as number),
    });
    process.stderr.write(`seed ${seed} ${base}: ${JSON.stringify(scores.get(base)!.at(-1))}\n`);
    if (floor) process.stderr.write(`seed ${seed} naive Bayes: ${JSON.stringify(floors.at(-1))}\n`);
    rmSync(run, { recursive: true, force: true });
  }
}
rmSync(folder, { recursive: true, force: true });

const told = (each: readonly Scores[]) => ({
  accuracy: meanAndDeviation(each.map(({ accuracy }) => accuracy)),
  macro_f1: meanAndDeviation(each.map(({ macroF1 }) => macroF1)),
});
const above = (each: readonly Scores[], others: readonly Scores[]) =>
  each.map(({ accuracy, macroF1 }, seed) => ({
    accuracy: accuracy - others[seed]!.accuracy,
    macroF1: macroF1 - others[seed]!.macroF1,
  }));
const first = scores.get(bases[0]!)!;
const result = {
  ...values,
  settings,
  naive_bayes: told(floors),
  bases: Object.fromEntries(
    [...scores].map(([base, each], number) => [
      base,
      { ...told(each), ...(number === 0 ? {} : { above_the_first: told(above(each, first)) }) },
    ]),
  ),
};
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
