// Peak memory of training over batches of mixed lengths: BERT-base, 32 rows, eight lengths up to 128, each twice in a mixed order.
//
//   node scripts/bench.mjs memory [--budget-gb 4] [--threads 2]
//
// The budget is what sessions of different lengths may hold together; weights, gradients and moments (1.6 GB) come on top.
import { parseArgs } from 'node:util';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { fillFresh } from '../../src/server/model/weights';
import { createRandom } from '../../src/server/training/random';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { createStepper } from '../../src/server/training/stepper';
import { BASE, LABELS, randomBatch } from './shapes';

const { values } = parseArgs({
  options: { 'budget-gb': { type: 'string', default: '4' }, threads: { type: 'string', default: '2' } },
});
const random = createRandom(1, 0);
const engine = createOnnxEngine({ providers: ['cpu'], threads: Number(values.threads), spinning: true }, 'cpu');
const stepper = createStepper(
  engine,
  BASE,
  fillFresh(new Map(), BASE, LABELS, () => random.float()),
  { seed: 1, loss: CROSS_ENTROPY, memoryBudget: 1e9 * Number(values['budget-gb']) },
);
const lengths = [64, 16, 128, 96, 32, 112, 48, 80, 128, 16, 80, 112, 64, 32, 96, 48];
for (const [i, length] of lengths.entries()) {
  const began = performance.now();
  await stepper.step(randomBatch(BASE, 32, length, random), 2e-5);
  const [now, peak] = [process.memoryUsage().rss / 1e6, process.resourceUsage().maxRSS / 1e3];
  process.stdout.write(
    `${i + 1}: length ${length}, ${((performance.now() - began) / 1000).toFixed(1)} s, resident ${now.toFixed(0)} MB, peak ${peak.toFixed(0)} MB\n`,
  );
}
await stepper.dispose();
