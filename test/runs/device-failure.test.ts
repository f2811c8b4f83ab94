import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Engine } from '../../src/server/engine/engine';
import { silentLog } from '../../src/server/env';
import { DeviceFailure } from '../../src/server/errors';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { fineTune } from '../../src/server/runs/fine-tune';
import { readMetrics } from '../../src/server/runs/metrics';
import { beginPretraining } from '../../src/server/runs/pretrain/run';
import { testEngine } from '../support/model';
import { pretrainRequest, pretrainWorld, writeTexts } from '../support/pretrain-run';
import { temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

/** An engine whose device is lost when a graph with labels runs for the n-th time; no driver can be made to lose its device here. */
function lostAt(run: number): Engine {
  let runs = 0;
  return {
    ...testEngine,
    device: 'webgpu',
    onCpu: () => testEngine,
    async compile(spec) {
      const compiled = await testEngine.compile(spec);
      if (spec.variables !== 'live' || spec.inputs.labels === undefined) return compiled;
      return {
        run: (inputs, outputs) =>
          ++runs === run
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
  // Else the editor would tell of a run that failed, and it goes on.
  assert.ok(!events.some((line) => line.includes('"failed"')));
});

test('so does one of pre-training', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  const whole = await beginPretraining(pretrainRequest(folder, 'whole'), pretrainWorld());
  const lines: string[] = [];
  const log = { ...silentLog, warn: (line: string) => void lines.push(line) };
  // Of about fifty runs: steps in two parts, judgements, and what is measured before.
  const outcome = await beginPretraining(pretrainRequest(folder, 'broken'), {
    ...pretrainWorld(),
    engine: lostAt(30),
    log,
  });
  assert.equal(outcome.steps, 20);
  assert.equal(lines.length, 1);
  assert.deepEqual(outcome.scores, whole.scores);
  const weights = async (run: string) => (await loadModelFolder(nodeFiles, run)).weights;
  assert.deepEqual(await weights(outcome.folder), await weights(whole.folder));
  const events = (await readMetrics(outcome.folder)).map(({ event }) => event);
  assert.equal(events.filter((event) => event === 'started').length, 2);
  assert.ok(!events.includes('failed'));
});
