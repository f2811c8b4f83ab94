// A device beside the CPU and beside torch on the same card: BERT's training step and inference, float32 and half precision.
//
//   node scripts/bench.mjs device --device webgpu|cuda|cpu [--config base|mini] [--batch 32] [--length 128] [--steps 10] [--threads N]
//                          [--python P] [--torch-device cuda]
//
// Prints what the device is, losses of ten steps beside the CPU's (8 texts of 32 tokens), bytes copied a step, nodes that are not on the device, then medians
// over the steps (after two that warm up), in turns with torch's where a Python is given. Each part that fails says so, and the next goes on.
// First: it must run before ONNX Runtime is loaded.
import './take-cuda';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROVIDERS, type ConcreteDevice } from '../../src/server/engine/devices';
import type { Engine, Precision } from '../../src/server/engine/engine';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { batchTensors, compileLogits } from '../../src/server/model/logits';
import { constantParameters, disposeParameters } from '../../src/server/model/parameters';
import { fillFresh } from '../../src/server/model/weights';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { createRandom } from '../../src/server/training/random';
import type { Stepper } from '../../src/server/training/stepper';
import { createStepperFor } from '../../src/server/training/stepper-for';
import { nodesByProvider } from './nodes';
import { median, startPeer } from './peer';
import { BASE, LABELS, MINI, randomBatch } from './shapes';

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'webgpu' },
    config: { type: 'string', default: 'base' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '128' },
    steps: { type: 'string', default: '10' },
    threads: { type: 'string', default: String(availableParallelism()) },
    python: { type: 'string' },
    'torch-device': { type: 'string', default: 'cuda' },
  },
});
const device = values.device as ConcreteDevice;
const config = values.config === 'base' ? BASE : MINI;
const [B, T, steps, threads] = [values.batch, values.length, values.steps, values.threads].map(Number) as [number, number, number, number]; // prettier-ignore
const result: Record<string, unknown> = { device, config: values.config, batch: B, length: T, threads };

const engineOn = (name: ConcreteDevice, profile?: string): Engine =>
  createOnnxEngine({ providers: [PROVIDERS[name]], threads, spinning: true, ...(profile ? { profile } : {}) }, name);
const freshWeights = () => {
  const random = createRandom(1, 0);
  return fillFresh(new Map(), config, LABELS, () => random.float());
};
const makeStepper = (engine: Engine): Stepper =>
  createStepperFor(engine, config, freshWeights(), 'full', { seed: 1, loss: CROSS_ENTROPY, memoryBudget: 32e9 });
const say = (text: string) => process.stderr.write(`${text}\n`);

await part('losses', async () => {
  const random = createRandom(2, 0);
  const batches = Array.from({ length: 3 }, () => randomBatch(config, 8, 32, random));
  const losses = async (name: ConcreteDevice) => {
    const stepper = makeStepper(engineOn(name));
    const found: number[] = [];
    for (let step = 0; step < 10; step++) found.push((await stepper.step(batches[step % 3]!, 2e-5)).loss);
    await stepper.dispose();
    return found;
  };
  const [own, cpu] = [await losses(device), await losses('cpu')];
  return { device: own, cpu, largest_difference: Math.max(...own.map((loss, i) => Math.abs(loss - cpu[i]!))) };
});

await part('nodes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-device-'));
  try {
    const stepper = makeStepper(engineOn(device, join(folder, 'step')));
    await stepper.step(randomBatch(config, 8, 32, createRandom(3, 0)), 2e-5);
    await stepper.dispose();
    return nodesByProvider(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const peer =
  values.python === undefined
    ? undefined
    : await startPeer(values.python, 'device.py', ['--device', values['torch-device'], '--config', values.config, '--batch', values.batch, '--length', values.length]); // prettier-ignore
result.peer = peer?.description;
const torch = async (what: string, precision: string): Promise<number> =>
  peer === undefined ? NaN : (await peer.ask(`${what} ${precision}`)).seconds! * 1000;

await part('step_ms', async () => {
  const engine = engineOn(device);
  const stepper = makeStepper(engine);
  const random = createRandom(4, 0);
  const times = createTimes();
  let copied = engine.memory?.transferred();
  for (let step = -2; step < steps; step++) {
    const batch = randomBatch(config, B, T, random);
    copied = engine.memory?.transferred();
    const own = await timed(() => stepper.step(batch, 2e-5));
    const theirs = {
      float32: await torch('step', 'float32'),
      tf32: await torch('step', 'tf32'),
      bfloat16: await torch('step', 'bfloat16'),
    };
    say(`step ${step}: rowlight ${own.toFixed(1)} ms, torch ${JSON.stringify(theirs)}`);
    if (step >= 0) times.add({ rowlight: own, ...prefixed(theirs) });
  }
  const after = engine.memory?.transferred();
  if (copied !== undefined && after !== undefined) {
    result.bytes_a_step = { to: after.toDevice - copied.toDevice, from: after.fromDevice - copied.fromDevice };
  }
  await stepper.dispose();
  return times.medians();
});

for (const precision of ['float32', 'float16'] as const) {
  await part(`inference_${precision}_ms`, () => inference(precision));
}
peer?.end();
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);

async function inference(precision: Precision): Promise<Record<string, number>> {
  const weights = freshWeights();
  const parameters = constantParameters(weights);
  const compiled = await compileLogits(engineOn(device), config, parameters, 'frozen', precision);
  disposeParameters(parameters);
  const random = createRandom(5, 0);
  const times = createTimes();
  for (let run = -2; run < steps; run++) {
    const batch = batchTensors(randomBatch(config, B, T, random));
    const own = await timed(() => compiled.run(batch));
    const theirs: Record<string, number> =
      precision === 'float32'
        ? { float32: await torch('infer', 'float32'), tf32: await torch('infer', 'tf32') }
        : { float16: await torch('infer', 'float16'), bfloat16: await torch('infer', 'bfloat16') };
    if (run >= 0) times.add({ rowlight: own, ...prefixed(theirs) });
  }
  await compiled.dispose();
  return times.medians();
}

/** Runs a part of the bench; what it finds, or why it failed, goes into the result. */
async function part(name: string, run: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  try {
    result[name] = await run();
  } catch (error) {
    result[name] = { failed: error instanceof Error ? error.message : String(error) };
  }
  say(`${name} (${((performance.now() - began) / 1000).toFixed(1)} s): ${JSON.stringify(result[name])}`);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function prefixed(times: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(times).map(([precision, ms]) => [`torch_${precision}`, ms]));
}

function createTimes() {
  const all: Record<string, number[]> = {};
  return {
    add(times: Record<string, number>) {
      for (const [name, ms] of Object.entries(times)) if (!Number.isNaN(ms)) (all[name] ??= []).push(ms);
    },
    medians: () => Object.fromEntries(Object.entries(all).map(([name, ms]) => [name, Number(median(ms).toFixed(2))])),
  };
}
