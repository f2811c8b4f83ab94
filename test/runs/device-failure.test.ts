import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Engine } from '../../src/server/engine/engine';
import { silentLog } from '../../src/server/env';
import { DeviceFailure } from '../../src/server/errors';
import { fineTune } from '../../src/server/runs/fine-tune';
import { testEngine } from '../support/model';
import { temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

/** An engine whose device is lost at a training step; no driver can be made to lose its device here. */
function lostAt(step: number): Engine {
  let steps = 0;
  return {
    ...testEngine,
    device: 'webgpu',
    onCpu: () => testEngine,
    async compile(spec) {
      const compiled = await testEngine.compile(spec);
      if (spec.variables !== 'live' || spec.inputs.labels === undefined) return compiled;
      return {
        run: (inputs, outputs) =>
          ++steps === step
            ? Promise.reject(new DeviceFailure(new Error('WebGPU device lost (2): reset\nmore')))
            : compiled.run(inputs, outputs),
        dispose: () => compiled.dispose(),
      };
    },
  };
}

test('a run whose device is lost goes on on the CPU and ends as it would have', async (t) => {
  const folder = temporaryFolder(t);
  const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
  await fineTune(tinyRequest(folder, { output: whole }), tinyWorld());
  const lines: string[] = [];
  const log = { ...silentLog, warn: (line: string) => void lines.push(line) };
  // The ninth of twelve steps: the first epoch's checkpoint is there.
  const outcome = await fineTune(tinyRequest(folder, { output: broken }), { ...tinyWorld(), engine: lostAt(9), log });
  assert.equal(outcome.steps, 12);
  assert.deepEqual(lines, [
    'webgpu failed (WebGPU device lost (2): reset): the run goes on from its last checkpoint on the CPU',
  ]);
  const weights = (run: string) => readFileSync(join(run, 'checkpoints', 'step-12', 'model.safetensors'));
  assert.ok(weights(broken).equals(weights(whole)));
  const events = readFileSync(join(broken, 'metrics.jsonl'), 'utf8').trim().split('\n');
  const started = events.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ event }) => event === 'started'); // prettier-ignore
  assert.deepEqual(started.map(({ step, device }) => [step, device]), [[0, 'onnx webgpu'], [6, 'onnx cpu']]); // prettier-ignore
});
