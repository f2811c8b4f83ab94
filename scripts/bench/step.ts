// A training step beside torch's, in turns in one run: forward, backward, dropout 0.1, clipping, AdamW. With --dtype bfloat16 torch's autocast, and
// the engine tensorflow, compute products in bfloat16.
//
//   node scripts/bench.mjs step --python .venv/parity/bin/python [--engine onnx|tensorflow] [--dtype float32|bfloat16]
//     [--config base|mini] [--batch 32] [--length 32] [--steps 10] [--threads 2]
//
// Prints the median of each over the steps (after two that warm up), their ratio, the optimizer's share, and both peak memories.
import { parseArgs } from 'node:util';
import { selectEngine } from '../../src/server/engine/select';
import { loadTensorflowEngine } from '../../src/server/engine/tensorflow/load';
import { fillFresh } from '../../src/server/model/weights';
import { createRandom } from '../../src/server/training/random';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { createStepper } from '../../src/server/training/stepper';
import { median, startPeer } from './peer';
import { BASE, LABELS, MINI, randomBatch } from './shapes';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    engine: { type: 'string', default: 'onnx' },
    dtype: { type: 'string', default: 'float32' },
    config: { type: 'string', default: 'base' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '32' },
    steps: { type: 'string', default: '10' },
    threads: { type: 'string', default: '2' },
  },
});
const [B, T, steps, threads] = [values.batch, values.length, values.steps, values.threads].map(Number) as [
  number,
  number,
  number,
  number,
];
const config = values.config === 'base' ? BASE : MINI;

const random = createRandom(1, 0);
const dtype = values.dtype === 'bfloat16' ? 'bfloat16' : 'float32';
const engine =
  values.engine === 'tensorflow'
    ? loadTensorflowEngine(threads, dtype)
    : await selectEngine({ device: 'cpu', threads, spinning: true });
if ('problem' in engine) throw new Error(engine.problem);
const weights = fillFresh(new Map(), config, LABELS, () => random.float());
let optimizing = 0;
const stepper = createStepper(engine, config, weights, { seed: 1, loss: CROSS_ENTROPY, memoryBudget: 8e9 });
const { update } = stepper.optimizer;
stepper.optimizer.update = (...args) => {
  const began = performance.now();
  update(...args);
  optimizing = performance.now() - began;
};
const ours = async () => {
  const batch = randomBatch(config, B, T, random);
  const began = performance.now();
  await stepper.step(batch, 2e-5);
  return performance.now() - began;
};

const peer =
  values.python === undefined
    ? undefined
    : await startPeer(values.python, 'step.py', [
        '--config',
        values.config,
        '--dtype',
        dtype,
        '--batch',
        values.batch,
        '--length',
        values.length,
        '--threads',
        values.threads,
      ]);
const [mine, theirs, updates]: number[][] = [[], [], []];
for (let step = -2; step < steps; step++) {
  const own = await ours();
  const other = peer === undefined ? NaN : (await peer.ask('step')).seconds! * 1000;
  process.stderr.write(
    `step ${step}: rowlight ${own.toFixed(0)} ms (optimizer ${optimizing.toFixed(0)}), torch ${other.toFixed(0)} ms\n`,
  );
  if (step >= 0) [own, other, optimizing].forEach((value, i) => [mine, theirs, updates][i]!.push(value));
}
const result = {
  engine: engine.runtime,
  dtype,
  config: values.config,
  vocabulary: config.vocabSize,
  batch: B,
  length: T,
  threads,
  steps,
  rowlight_ms: Math.round(median(mine!)),
  torch_ms: peer === undefined ? null : Math.round(median(theirs!)),
  times_torch: peer === undefined ? null : Number((median(theirs!) / median(mine!)).toFixed(3)),
  optimizer_share: Number((median(updates!) / median(mine!)).toFixed(3)),
  rowlight_peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  torch_peak_mb: peer === undefined ? null : Math.round((await peer.ask('memory')).peak_mb!),
  peer: peer?.description,
};
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
peer?.end();
await stepper.dispose();
