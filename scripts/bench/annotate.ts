// Labelling simulated with the true labels of a file: how good the provisional predictions are after so many labels, by the order in which rows
// are labelled.
//
//   node scripts/bench.mjs annotate --data FILE [--rows 3000] [--seeds 3]
//
// The rows are a seeded sample of FILE. Orders: `proposed` (what "next row" proposes), `file` (top to bottom), `random`. Accuracy is that of the
// naive Bayes on all rows of the sample that are not yet labelled. "First hint" is the number of labels with which something predicts at all.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { toDataset } from '../../src/server/data/dataset';
import { readTable } from '../../src/server/data/read';
import type { Example } from '../../src/server/data/example';
import { NaiveBayes } from '../../src/server/inference/naive-bayes';
import { chooseNextRow, marginOf } from '../../src/server/inference/next-row';
import { finish } from '../../test/support/finish';
import { spread } from '../../src/server/inference/spread';
import { unitOf } from '../../src/server/inference/ngrams';
import { temper, type CountedRow, type TemperedBayes } from '../../src/server/inference/tempered-bayes';
import { createRandom } from '../../src/server/training/random';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    rows: { type: 'string', default: '3000' },
    seeds: { type: 'string', default: '3' },
  },
});
if (values.data === undefined) throw new Error('--data FILE is missing');
const file = values.data;
const { examples } = toDataset(readTable(readFileSync(file), file));
const labelled = examples.filter(({ label }) => label !== undefined);

const POINTS = [20, 40, 80, 160, 320, 640];
const SAMPLE = 192;
type Order = 'proposed' | 'file' | 'random';

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed, 0);
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

function simulate(
  rows: readonly Example[],
  order: Order,
  seed: number,
): { first: number; curve: number[]; ms: number } {
  const unit = unitOf(rows);
  const model = new NaiveBayes(unit);
  const counted: CountedRow[] = [];
  const queue = order === 'random' ? shuffled(rows, seed + 1000) : [...rows];
  const done: Example[] = [];
  let left = queue;
  let first = 0;
  let fit: TemperedBayes | undefined;
  let slowest = 0;
  const curve: number[] = [];
  while (done.length < POINTS.at(-1)! && left.length > 0) {
    let at = 0;
    if (order === 'proposed') {
      const began = performance.now();
      const places = spread(left.length, SAMPLE);
      const candidates = places.map((place) => left[place]!);
      const chosen = finish(
        chooseNextRow({
          candidates,
          labelled: spread(done.length, SAMPLE).map((place) => done[place]!),
          margins: candidates.map((row) => (fit ? marginOf(fit.predict(row).probabilities) : undefined)),
          rows: done.length,
          labels: fit?.labels.length ?? 0,
          unit,
        }),
      );
      at = places[chosen]!;
      slowest = Math.max(slowest, performance.now() - began);
    }
    const row = left[at]!;
    left = left.filter((_, i) => i !== at);
    done.push(row);
    counted.push(model.add(row, row.label!));
    fit = temper(
      model,
      counted,
      model.labels.map((_, id) => id),
    );
    if (fit && first === 0) first = done.length;
    if (POINTS.includes(done.length)) {
      const right = left.filter((other) => fit?.predict(other).label === other.label).length;
      curve.push(right / left.length);
    }
  }
  return { first, curve, ms: slowest };
}

const orders: Order[] = ['proposed', 'file', 'random'];
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const print = (cells: readonly string[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);
print(['order', 'first hint', ...POINTS.map(String), 'slowest proposal']);
print(Array.from({ length: POINTS.length + 3 }, () => '---'));
for (const order of orders) {
  const results = seeds.map((seed) => simulate(shuffled(labelled, seed).slice(0, Number(values.rows)), order, seed));
  const mean = (numbers: number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  print([
    order,
    String(Math.max(...results.map(({ first }) => first))),
    ...POINTS.map((_, i) => `${(100 * mean(results.map(({ curve }) => curve[i] ?? NaN))).toFixed(1)} %`),
    order === 'proposed' ? `${Math.max(...results.map(({ ms }) => ms)).toFixed(0)} ms` : '',
  ]);
}
