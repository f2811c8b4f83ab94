import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Engine } from '../../src/server/engine/engine';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { classifierDropoutPlaces } from '../../src/server/model/classifier';
import { disposeParameters, variableParameters } from '../../src/server/model/parameters';
import { dropoutMasks } from '../../src/server/training/dropout';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { compileStep } from '../../src/server/training/step';
import { batchTensors } from '../../src/server/model/logits';
import { type GoldenBatch, batchOf, goldenJson, goldenModel, largestDifference, testEngine } from '../support/model';
import { describeNodes, nodesByProvider } from '../../scripts/bench/nodes';
import { runAgain, softwareVulkan } from './support/vulkan';

/** Set in the process that this file starts as its own child, with a software Vulkan driver: the folder for ONNX Runtime's profile. */
const PROFILE_FOLDER = process.env.ROWLIGHT_TEST_WEBGPU;

/** Everything a training step computes: loss, gradients, their norm. */
type Step = Record<string, { shape: readonly number[]; data: number[] }>;

interface FromChild {
  readonly step: Step;
}

if (PROFILE_FOLDER !== undefined) {
  void childMain(PROFILE_FOLDER);
} else {
  const vulkan = softwareVulkan();
  const skip =
    vulkan === undefined && 'no Vulkan driver: `npm run setup -- workbench` brings Chromium, which has one in software';
  test('a training step on WebGPU has the loss and the gradients of the CPU', { skip }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'rowlight-webgpu-'));
    try {
      const cpu = await trainingStep(testEngine);
      const { step: webgpu } = await runAgain<FromChild>(__filename, {
        ...vulkan,
        ROWLIGHT_TEST_WEBGPU: folder,
      });
      assert.deepEqual(Object.keys(webgpu).sort(), Object.keys(cpu).sort());
      // float32 on both; sums run in another order. The criterion is that of the parity tests.
      const overall = Math.max(
        ...Object.values(cpu).map(({ data }) =>
          largestDifference(
            data,
            data.map(() => 0),
          ),
        ),
      );
      for (const [name, { data }] of Object.entries(cpu)) {
        const tolerance =
          1e-3 *
            largestDifference(
              data,
              data.map(() => 0),
            ) +
          1e-6 * overall;
        assert.ok(largestDifference(webgpu[name]!.data, data) <= tolerance, name);
      }
      assert.ok(Math.abs(webgpu.loss!.data[0]! - cpu.loss!.data[0]!) <= 1e-5);

      const nodes = nodesByProvider(folder);
      t.diagnostic(`nodes on WebGPU: ${describeNodes(nodes.WebGpuExecutionProvider)}`);
      t.diagnostic(`nodes that fell back to the CPU: ${describeNodes(nodes.CPUExecutionProvider)}`);
      // Shapes are constants here, so nothing at all may be left to the CPU: every such node copies its inputs there and back.
      assert.deepEqual(nodes.CPUExecutionProvider ?? {}, {});
      assert.ok(nodes.WebGpuExecutionProvider!.Gemm! > 0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function childMain(folder: string): Promise<void> {
  const settings = { providers: ['webgpu'], threads: 1, spinning: false, profile: join(folder, 'step') };
  const step = await trainingStep(createOnnxEngine(settings, 'webgpu'));
  const found: FromChild = { step };
  process.stdout.write(JSON.stringify(found));
}

/** The step of the golden model on a padded golden batch, with dropout. */
async function trainingStep(engine: Engine): Promise<Step> {
  const { config, weights } = goldenModel();
  const batch = batchOf(goldenJson<{ cases: GoldenBatch[] }>('cases.json').cases[1]!);
  const parameters = variableParameters(weights);
  const compiled = await compileStep(engine, config, parameters, CROSS_ENTROPY, batch.B, batch.T);
  const outputs = await compiled.run({
    ...batchTensors(batch),
    ...dropoutMasks(classifierDropoutPlaces(config, batch.B, batch.T), 1, 0),
    labels: { dtype: 'int32', shape: [batch.B], data: batch.labels },
    weights: { dtype: 'float32', shape: [batch.B], data: batch.weights },
  });
  await compiled.dispose();
  disposeParameters(parameters);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
  );
}
