// Labelling simulated with the true labels of a file: how good the provisional predictions are after so many labels, by the order in which rows
// are labelled.
//
//   node scripts/bench.mjs annotate --data FILE [--rows 3000] [--seeds 3] [--base models/zh-mini]
//
// The rows are a seeded sample of FILE. Orders: `proposed` (what "next row" proposes), `file` (top to bottom), `random`. Accuracy is that of the
// naive Bayes on all rows of the sample that are not yet labelled, and of what the editor shows with the base model at hand: naive Bayes until a
// head on its features is better by cross-validation, then both. "First hint" is the number of labels with which something predicts at all, "head
// from" the number with which the head takes over for good (the latest of the seeds).
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { toDataset } from '../../src/server/data/dataset';
import { readTable } from '../../src/server/data/read';
import type { Example } from '../../src/server/data/example';
import { NaiveBayes } from '../../src/server/inference/naive-bayes';
import { blend } from '../../src/server/inference/blend';
import { createEncoder } from '../../src/server/inference/encoder';
import { TEXT_FEATURES } from '../../src/server/model/pooling';
import { fitFeatureHead, headLogs, type FeatureHead } from '../../src/server/inference/feature-head';
import { heldOutBayes } from '../../src/server/inference/held-out-bayes';
import { chooseNextRow, marginOf } from '../../src/server/inference/next-row';
import { finish } from '../../test/support/finish';
import { spread } from '../../src/server/inference/spread';
import { unitOf } from '../../src/server/inference/ngrams';
import { temper, type CountedRow, type TemperedBayes } from '../../src/server/inference/tempered-bayes';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { argmax } from '../../src/server/inference/probabilities';
import { loadEncoder } from '../../src/server/runs/load-classifier';
import { dealFolds } from '../../src/server/training/folds';
import { createRandom } from '../../src/server/training/random';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    rows: { type: 'string', default: '3000' },
    seeds: { type: 'string', default: '3' },
    base: { type: 'string', default: 'models/zh-mini' },
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

const engine = createOnnxEngine({ providers: ['cpu'], threads: 2, spinning: false }, 'cpu');
const encoder = await createEncoder(engine, await loadEncoder(values.base), TEXT_FEATURES);
const vectors = new Map<string, Float32Array>();
for (let from = 0; from < labelled.length; from += 256) {
  const part = labelled.slice(from, from + 256);
  for (const [at, { vector }] of (await encoder.encode(part)).entries()) vectors.set(part[at]!.text, vector);
}

/** The head on all rows labelled so far. */
function fitHead(model: NaiveBayes, fit: TemperedBayes, done: readonly Example[], counted: CountedRow[]): FeatureHead {
  const folds = dealFolds(done, { folds: 5, stratified: true, seed: 0 });
  const sample = done.map((input, at) => ({ input, counted: counted[at]! }));
  const floor = finish(heldOutBayes(model, fit, sample, folds));
  const features = new Float32Array(done.length * encoder.width);
  done.forEach((row, at) => features.set(vectors.get(row.text)!, at * encoder.width));
  const truth = Int32Array.from(done, ({ label }) => fit.labels.indexOf(label!));
  return finish(fitFeatureHead({ features, width: encoder.width, truth, classes: fit.labels.length, folds, floor }));
}

interface Curve {
  readonly first: number;
  /** Labelled rows from which on the head predicts. */
  readonly taken: number;
  readonly alone: number[];
  readonly shown: number[];
  readonly milliseconds: { proposal: number; head: number };
}

function simulate(rows: readonly Example[], order: Order, seed: number): Curve {
  const unit = unitOf(rows);
  const model = new NaiveBayes(unit);
  const counted: CountedRow[] = [];
  const done: Example[] = [];
  let left: readonly Example[] = order === 'random' ? shuffled(rows, seed + 1000) : [...rows];
  let [first, taken] = [0, 0];
  let fit: TemperedBayes | undefined;
  let head: FeatureHead | undefined;
  let fittedOn = 0;
  let better = false;
  const [alone, shown]: [number[], number[]] = [[], []];
  const milliseconds = { proposal: 0, head: 0 };
  const predict = (row: Example): readonly number[] | undefined => {
    const bayes = fit?.predict(row).probabilities;
    if (!bayes || !better || !head || head.classes !== bayes.length) return bayes;
    return [...blend(head.shares, headLogs(head, vectors.get(row.text)!), Float64Array.from(bayes, Math.log))].map(
      Math.exp,
    );
  };
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
          margins: candidates.map((row) => {
            const probabilities = predict(row);
            return probabilities && marginOf(probabilities);
          }),
          rows: done.length,
          labels: fit?.labels.length ?? 0,
          unit,
        }),
      );
      at = places[chosen]!;
      milliseconds.proposal = Math.max(milliseconds.proposal, performance.now() - began);
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
    const point = POINTS.includes(done.length);
    // The editor fits anew after every twentieth; a fifth is enough to see the curve.
    const due = done.length >= 16 && (done.length >= fittedOn * 1.2 || point || head?.classes !== fit?.labels.length);
    if (fit && due) {
      const began = performance.now();
      head = fitHead(model, fit, done, counted);
      milliseconds.head = Math.max(milliseconds.head, performance.now() - began);
      fittedOn = done.length;
      const { mean, error } = head.gain;
      const before: boolean = better;
      better = before ? mean > 0 : mean > error;
      if (better && !before) taken = done.length;
    }
    if (point) {
      const share = (right: (row: Example) => boolean): number => left.filter(right).length / left.length;
      alone.push(share((other) => fit?.predict(other).label === other.label));
      shown.push(share((other) => fit?.labels[argmax(predict(other) ?? [])] === other.label));
    }
  }
  return { first, taken: better ? taken : Infinity, alone, shown, milliseconds };
}

const orders: Order[] = ['proposed', 'file', 'random'];
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const print = (cells: readonly string[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);
const columns = ['order', 'by', 'first hint', 'head from', ...POINTS.map(String), 'slowest proposal', 'slowest fit'];
print(columns);
print(columns.map(() => '---'));
for (const order of orders) {
  const results = seeds.map((seed) => simulate(shuffled(labelled, seed).slice(0, Number(values.rows)), order, seed));
  const mean = (numbers: number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const percents = (of: 'alone' | 'shown'): string[] =>
    POINTS.map((_, i) => `${(100 * mean(results.map((curve) => curve[of][i] ?? NaN))).toFixed(1)} %`);
  const most = (of: (curve: Curve) => number): number => Math.max(...results.map(of));
  print([order, 'naive Bayes', String(most(({ first }) => first)), '', ...percents('alone'), '', '']);
  print([
    order,
    'with the head',
    '',
    String(most(({ taken }) => taken)),
    ...percents('shown'),
    order === 'proposed' ? `${most(({ milliseconds }) => milliseconds.proposal).toFixed(0)} ms` : '',
    `${most(({ milliseconds }) => milliseconds.head).toFixed(0)} ms`,
  ]);
}
