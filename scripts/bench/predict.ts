// Prediction beside the transformers pipeline at its best batch size, in turns in one run: float32, length limit 128, tokenizing included.
//
//   node scripts/bench.mjs predict --python .venv/parity/bin/python --model RUN_OR_FOLDER --texts FILE.tsv --count 4000 [--rounds 3] [--threads 2]
//
// The pipeline runs at batch sizes 1, 8 and 32 in each round; the best median counts.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { createPredictor } from '../../src/server/inference/predictor';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { median, startPeer } from './peer';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    model: { type: 'string' },
    texts: { type: 'string' },
    count: { type: 'string', default: '4000' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
  },
});
const [count, rounds, threads] = [values.count, values.rounds, values.threads].map(Number) as [number, number, number];
const lines = readFileSync(values.texts!, 'utf8').split('\n').slice(1);
const inputs = lines
  .filter((line) => line.trim() !== '')
  .slice(0, count)
  .map((line) => ({ text: line.replace(/\r$/, '').split('\t').at(-1)! }));

const engine = createOnnxEngine({ providers: ['cpu'], threads, spinning: true }, 'cpu');
const { model, folder } = await loadClassifier(values.model!);
const predictor = await createPredictor(engine, { ...model, maxLength: 128 });
const peer =
  values.python === undefined
    ? undefined
    : await startPeer(values.python, 'pipeline.py', [
        '--model',
        folder.folder,
        '--texts',
        values.texts!,
        '--count',
        values.count,
        '--max-length',
        '128',
        '--threads',
        values.threads,
      ]);

const ours: number[] = [];
const theirs = new Map<number, number[]>([1, 8, 32].map((size) => [size, []]));
for (let round = 0; round < rounds; round++) {
  const began = performance.now();
  await predictor.predict(inputs);
  ours.push(inputs.length / ((performance.now() - began) / 1000));
  process.stderr.write(`round ${round}: rowlight ${ours.at(-1)!.toFixed(1)} texts/s`);
  if (peer !== undefined) {
    for (const [size, rates] of theirs) {
      rates.push((await peer.ask(String(size))).texts_per_second!);
      process.stderr.write(`, pipeline ×${size} ${rates.at(-1)!.toFixed(1)}`);
    }
  }
  process.stderr.write('\n');
}
const best =
  peer === undefined
    ? undefined
    : [...theirs].map(([size, rates]) => ({ size, rate: median(rates) })).sort((a, b) => b.rate - a.rate)[0]!;
const result = {
  model: values.model,
  texts: inputs.length,
  different_texts: new Set(inputs.map(({ text }) => text)).size,
  threads,
  rowlight_texts_per_second: Number(median(ours).toFixed(1)),
  pipeline_texts_per_second: best === undefined ? null : Number(best.rate.toFixed(1)),
  pipeline_batch_size: best?.size ?? null,
  times_pipeline: best === undefined ? null : Number((median(ours) / best.rate).toFixed(2)),
  rowlight_peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  pipeline_peak_mb: peer === undefined ? null : Math.round((await peer.ask('1 1')).peak_mb!),
  peer: peer?.description,
};
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
peer?.end();
await predictor.dispose();
