// A training step of the BERT-base shape, of several ways to train it in turns in one run, each in a process of its own:
//
//   node scripts/bench.mjs scopes [--ways full,lora] [--batch 32] [--length 32] [--steps 5] [--threads 2] [--config base|mini]
//
// A way is full or lora, `full/4` one whose batches go in four parts (gradient accumulation). Prints examples a second, their ratio to the first
// way, the peak memory of the process, and what a checkpoint of it holds as a share of the whole model's.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { DEFAULT_LORA, freshAdapters, isTrainedByLora } from '../../src/server/model/lora';
import type { Weights } from '../../src/server/model/tensor-map';
import { fillFresh } from '../../src/server/model/weights';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { createRandom } from '../../src/server/training/random';
import { createStepperFor } from '../../src/server/training/stepper-for';
import { median } from './peer';
import { BASE, LABELS, MINI, randomBatch } from './shapes';

const { values } = parseArgs({
  options: {
    ways: { type: 'string', default: 'full,lora' },
    batch: { type: 'string', default: '32' },
    length: { type: 'string', default: '32' },
    steps: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    config: { type: 'string', default: 'base' },
    child: { type: 'string' },
  },
});
const [B, T, steps] = [Number(values.batch), Number(values.length), Number(values.steps)];
await (values.child === undefined ? measure() : trainWhenAsked(values.child));

/** One way: a step for each line that comes in, answered by its milliseconds and the process's peak memory. */
async function trainWhenAsked(way: string): Promise<void> {
  const [scope, parts] = way.split('/') as ['full' | 'lora', string | undefined];
  const config = { ...(values.config === 'base' ? BASE : MINI), ...(scope === 'lora' ? { lora: DEFAULT_LORA } : {}) };
  const random = createRandom(1, 0);
  const weights: Weights = fillFresh(new Map(), config, LABELS, () => random.float());
  if (scope === 'lora')
    for (const entry of freshAdapters(config, DEFAULT_LORA, () => random.float())) weights.set(...entry);
  const bytes = (chosen: (name: string) => boolean) =>
    [...weights].reduce((sum, [name, { data }]) => sum + (chosen(name) ? data.byteLength : 0), 0);
  const [saved, whole] = [
    bytes(scope === 'lora' ? isTrainedByLora : () => true),
    bytes((name) => !name.includes('lora')),
  ];
  const engine = createOnnxEngine({ providers: ['cpu'], threads: Number(values.threads), spinning: true }, 'cpu');
  const settings = { seed: 1, loss: CROSS_ENTROPY, memoryBudget: 12e9, parts: Number(parts ?? 1) };
  const stepper = createStepperFor(engine, config, weights, scope, settings);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'step') break;
    const batch = randomBatch(config, B, T, random);
    const began = performance.now();
    await stepper.step(batch, 2e-5);
    const peakMb = process.resourceUsage().maxRSS / 1024;
    process.stdout.write(`${JSON.stringify({ ms: performance.now() - began, peakMb, checkpoint: saved / whole })}\n`);
  }
  await stepper.dispose();
}

async function measure(): Promise<void> {
  const ways = values.ways.split(',').map((way) => {
    const child = spawn(process.execPath, [...process.argv.slice(1), '--child', way], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async () => {
      child.stdin.write('step\n');
      return JSON.parse(((await lines.next()) as { value: string }).value) as {
        ms: number;
        peakMb: number;
        checkpoint: number;
      };
    };
    return {
      way,
      ask,
      end: () => child.stdin.end(),
      times: [] as number[],
      last: undefined as Awaited<ReturnType<typeof ask>> | undefined,
    };
  });
  // The first step of each compiles its graph.
  for (let step = -1; step < steps; step++) {
    for (const way of ways) {
      way.last = await way.ask();
      if (step >= 0) way.times.push(way.last.ms);
      process.stderr.write(`step ${step}: ${way.way} ${way.last.ms.toFixed(0)} ms\n`);
    }
  }
  const first = median(ways[0]!.times);
  const table = ways.map(({ way, times, last }) => ({
    way,
    ms: Math.round(median(times)),
    examples_per_second: Number((B / (median(times) / 1000)).toFixed(1)),
    times_first: Number((first / median(times)).toFixed(3)),
    peak_mb: Math.round(last!.peakMb),
    checkpoint_share: Number(last!.checkpoint.toFixed(4)),
  }));
  process.stdout.write(
    `${JSON.stringify({ config: values.config, batch: B, length: T, threads: Number(values.threads), steps, ways: table }, undefined, 2)}\n`,
  );
  for (const way of ways) way.end();
}
