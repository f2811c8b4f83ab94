import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Engine } from '../../src/server/engine/engine';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { classifierDropoutPlaces } from '../../src/server/model/classifier';
import type { Weights } from '../../src/server/model/tensor-map';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import type { LabelledBatch, StepperSettings } from '../../src/server/training/stepper';
import { createStepperFor } from '../../src/server/training/stepper-for';
import { type GoldenBatch, batchOf, goldenJson, goldenModel, testEngine } from '../support/model';
import { type Nodes, describeNodes, nodesByProvider } from '../../scripts/bench/nodes';
import { runAgain, softwareVulkan } from './support/vulkan';

/** Set in the process that this file starts as its own child, with a software Vulkan driver: the folder for ONNX Runtime's profiles. */
const PROFILE_FOLDER = process.env.ROWLIGHT_TEST_DEVICE_TRAINING;

const STEPS = 10;
const RATE = 1e-3;

/** What ten steps are told by. */
interface Training {
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  /** Logits of the first batch after the last step. */
  readonly logits: readonly number[];
  /** How far each weight moved, element by element. */
  readonly moves: Readonly<Record<string, readonly number[]>>;
  /** Bytes that each step copied to the device and from it. */
  readonly copied: readonly (readonly [number, number])[];
  /** Losses of the same batches in two parts. */
  readonly inParts: readonly number[];
}

if (PROFILE_FOLDER !== undefined) {
  void childMain(PROFILE_FOLDER);
} else {
  const vulkan = softwareVulkan();
  const skip =
    vulkan === undefined && 'no Vulkan driver: `npm run setup -- workbench` brings Chromium, which has one in software';
  test('training on WebGPU keeps the weights there and does what training on the CPU does', { skip }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'rowlight-device-training-'));
    try {
      const cpu = await trainTwice(testEngine);
      const environment = { ...vulkan, ROWLIGHT_TEST_DEVICE_TRAINING: folder };
      const { training: webgpu, nodes } = await runAgain<FromChild>(__filename, environment);

      t.diagnostic(`losses on the CPU:  ${cpu.losses.map((loss) => loss.toFixed(6)).join(' ')}`);
      t.diagnostic(`losses on WebGPU:   ${webgpu.losses.map((loss) => loss.toFixed(6)).join(' ')}`);
      for (const key of ['losses', 'norms', 'inParts', 'logits'] as const) {
        cpu[key].forEach((value, i) => {
          const off = Math.abs(webgpu[key][i]! - value);
          assert.ok(off <= 1e-3 * Math.max(1, Math.abs(value)), `${key} ${i}: ${webgpu[key][i]} instead of ${value}`);
        });
      }
      // Where a gradient is nothing but rounding, AdamW makes a whole step of it: so a weight's movement is judged as a whole, and those that have no
      // other gradient (the keys' biases) are left out.
      for (const [name, moved] of Object.entries(cpu.moves)) {
        if (name.endsWith('.key.bias')) continue;
        const off = norm(moved.map((value, i) => value - webgpu.moves[name]![i]!)) / norm(moved);
        assert.ok(off <= 0.02, `${name} moved otherwise by ${off} of its way`);
      }

      // Step after step a batch with its masks goes there, and the five factors of AdamW; loss and norm come back.
      const weights = Object.values(cpu.moves).reduce((bytes, { length }) => bytes + 4 * length, 0);
      t.diagnostic(
        `bytes a step, to the device and from it: ${webgpu.copied.at(-1)!.join(', ')}; of all weights: ${weights}`,
      );
      assert.deepEqual(webgpu.copied.slice(1).map(([, from]) => from), Array(STEPS - 1).fill(8)); // prettier-ignore
      assert.ok(webgpu.copied[0]![0] >= 3 * weights, 'weights and moments are uploaded once');
      const expected = batches().map((batch) => batchBytes(batch) + 5 * 4);
      webgpu.copied.slice(1).forEach(([to], i) => assert.equal(to, expected[(i + 1) % expected.length]));

      t.diagnostic(`nodes on WebGPU: ${describeNodes(nodes.WebGpuExecutionProvider)}`);
      // Of the steps' graphs, whose shapes are constants, nothing is left to the CPU; the evaluation's computes its shapes there.
      const left = Object.keys(nodes.CPUExecutionProvider ?? {}).filter((type) => !SHAPES_ALONE.includes(type));
      assert.deepEqual(left, []);
      assert.ok(nodes.WebGpuExecutionProvider!.ScatterElements! > 0 && nodes.WebGpuExecutionProvider!.Sqrt! > 0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Operators that only compute sizes, on vectors of a few integers. */
const SHAPES_ALONE = ['Shape', 'Gather', 'Concat', 'Mul'];

interface FromChild {
  readonly training: Training;
  readonly nodes: Nodes;
}

async function childMain(folder: string): Promise<void> {
  const settings = { providers: ['webgpu'], threads: 1, spinning: false, profile: join(folder, 'training') };
  const training = await trainTwice(createOnnxEngine(settings, 'webgpu'));
  process.stdout.write(JSON.stringify({ training, nodes: nodesByProvider(folder) } satisfies FromChild));
}

/** Ten steps, of which the second five are those of a run that was resumed; then steps in two parts. */
async function trainTwice(engine: Engine): Promise<Training> {
  const { config, weights } = goldenModel();
  const start: Weights = new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
  const given = batches();
  const settings: StepperSettings = { seed: 7, loss: CROSS_ENTROPY, memoryBudget: 1e9 };
  const [losses, norms, copied]: [number[], number[], [number, number][]] = [[], [], []];
  let stepper = createStepperFor(engine, config, weights, 'full', settings);
  let before = engine.memory?.transferred();
  for (let step = 0; step < STEPS; step++) {
    if (step === STEPS / 2) {
      await stepper.read();
      const { optimizer } = stepper;
      const state = { moments: new Map(optimizer.moments), steps: optimizer.steps() };
      const saved: Weights = new Map(optimizer.weights);
      await stepper.dispose();
      stepper = createStepperFor(engine, config, saved, 'full', { ...settings, state });
      // Uploaded before the step, so that the step's own bytes can be told.
      await stepper.logits(given[0]!);
      before = engine.memory?.transferred();
    }
    const { loss, gradientNorm } = await stepper.step(given[step % given.length]!, RATE);
    losses.push(loss);
    norms.push(gradientNorm);
    const after = engine.memory?.transferred();
    if (before && after) copied.push([after.toDevice - before.toDevice, after.fromDevice - before.fromDevice]);
    before = after;
  }
  const logits = [...(await stepper.logits(given[0]!))];
  await stepper.read();
  const moves = Object.fromEntries(
    [...stepper.weights].map(([name, { data }]) => [
      name,
      [...data.map((value, i) => value - start.get(name)!.data[i]!)],
    ]),
  );
  await stepper.dispose();

  const parts = createStepperFor(engine, config, start, 'full', { ...settings, parts: 2 });
  const inParts: number[] = [];
  for (let step = 0; step < 3; step++) inParts.push((await parts.step(given[step % given.length]!, RATE)).loss);
  await parts.dispose();
  return { losses, norms, copied, logits, moves, inParts };
}

/** Batches of different lengths, with padding and with words that repeat. */
function batches(): LabelledBatch[] {
  return goldenJson<{ cases: GoldenBatch[] }>('cases.json').cases.slice(0, 2).map(batchOf);
}

/** Bytes of a batch with its truth and its masks. */
function batchBytes({ B, T }: LabelledBatch): number {
  const places = classifierDropoutPlaces(goldenModel().config, B, T);
  const masks = places.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  return 4 * (3 * B * T + 2 * B) + masks;
}

function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
