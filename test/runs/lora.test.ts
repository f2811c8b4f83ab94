import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ExportOptions, exportCommand } from '../../src/server/cli/export';
import { RowlightError } from '../../src/server/errors';
import { loadModelFolder, resolveModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { fineTune, resume } from '../../src/server/runs/fine-tune';
import type { FineTuneRequest } from '../../src/server/runs/fine-tune';
import { readMetrics } from '../../src/server/runs/metrics';
import { readRun } from '../../src/server/runs/run-folder';
import { TINY_BASE, deaf, temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

const HUGGING_FACE: ExportOptions = { format: 'hugging-face', dtype: 'float32', verbose: false };

const LORA = { rank: 4, alpha: 8, dropout: 0.1, targets: ['query', 'value', 'intermediate'] } as const;

function request(folder: string, changes: Partial<FineTuneRequest> = {}): FineTuneRequest {
  return tinyRequest(folder, { scope: 'lora', lora: LORA, learningRate: 1e-2, ...changes });
}

/** A copy of the base, to be changed or taken away. */
function ownBase(folder: string): string {
  const base = join(folder, 'base');
  cpSync(TINY_BASE, base, { recursive: true });
  return base;
}

test('adapters learn, their checkpoints hold them alone, and a run says what they are', async (t) => {
  const folder = temporaryFolder(t);
  const outcome = await fineTune(request(folder, { epochs: 20 }), tinyWorld());
  assert.ok(outcome.scores.accuracy > 0.6, `accuracy ${outcome.scores.accuracy}`);
  const checkpoint = await resolveModelFolder(nodeFiles, outcome.folder);
  const files = readdirSync(checkpoint);
  assert.ok(files.includes('adapter_config.json') && files.includes('adapter_model.safetensors'), files.join());
  assert.ok(!files.includes('model.safetensors'));
  const size = (path: string) => statSync(path).size;
  assert.ok(size(join(checkpoint, 'adapter_model.safetensors')) < size(join(TINY_BASE, 'model.safetensors')));
  const { arguments: given } = await readRun(outcome.folder);
  assert.deepEqual(
    [given.train, given['lora-rank'], given['lora-alpha'], given['lora-targets']],
    ['lora', 4, 8, 'query,value,intermediate'],
  );
});

test('a run of adapters that was stopped ends as an unbroken one', async (t) => {
  const folder = temporaryFolder(t);
  const whole = await fineTune(request(folder, { output: join(folder, 'whole') }), tinyWorld());
  const broken = request(folder, { output: join(folder, 'broken') });
  const controller = new AbortController();
  const follower = { ...deaf, stepped: ({ step }: { step: number }) => step >= 5 && controller.abort() };
  await assert.rejects(fineTune(broken, tinyWorld({ signal: controller.signal, follower: follower as never })), (error) =>
    RowlightError.is(error, 'cancelled'),
  ); // prettier-ignore
  const resumed = await resume(broken.output, tinyWorld());
  assert.deepEqual(resumed.scores, whole.scores);
  const weights = async (run: string) => (await loadModelFolder(nodeFiles, run)).weights;
  const [a, b] = [await weights(whole.folder), await weights(resumed.folder)];
  for (const [name, { data }] of a) assert.deepEqual(b.get(name)!.data, data, name);
});

test('the base of adapters may have its weights in several files, and is known again by all of them', async (t) => {
  const folder = temporaryFolder(t);
  const base = join(folder, 'base');
  cpSync(join('test', 'golden', 'import', 'shards'), base, { recursive: true });
  const outcome = await fineTune(request(folder, { base, epochs: 1 }), tinyWorld());
  await loadModelFolder(nodeFiles, outcome.folder);
  const part = join(base, 'model-00002-of-00002.safetensors');
  const bytes = readFileSync(part);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(part, bytes);
  await assert.rejects(loadModelFolder(nodeFiles, outcome.folder), /its hash differs/);
});

test('exported, the adapters are merged and the base is no longer needed', async (t) => {
  const folder = temporaryFolder(t);
  const base = ownBase(folder);
  const outcome = await fineTune(request(folder, { base }), tinyWorld());
  const merged = await loadModelFolder(nodeFiles, outcome.folder);
  await exportCommand(outcome.folder, join(folder, 'whole'), HUGGING_FACE);
  await assert.rejects(exportCommand(outcome.folder, join(folder, 'whole'), HUGGING_FACE), /holds files already/);
  rmSync(base, { recursive: true });
  const whole = await loadModelFolder(nodeFiles, join(folder, 'whole'));
  assert.equal(whole.rowlight!.adapter, undefined);
  assert.deepEqual(whole.labels, merged.labels);
  for (const [name, { data }] of merged.weights) assert.deepEqual(whole.weights.get(name)!.data, data, name);
  await assert.rejects(
    loadModelFolder(nodeFiles, outcome.folder),
    /holds adapters for .*base, and that model is not in/,
  );
});

test('another model in the place of the base is refused by its hash, also by a run that goes on', async (t) => {
  const folder = temporaryFolder(t);
  const base = ownBase(folder);
  const outcome = await fineTune(request(folder, { base }), tinyWorld());
  const file = join(base, 'model.safetensors');
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
  for (const open of [loadModelFolder(nodeFiles, outcome.folder), resume(outcome.folder, tinyWorld())])
    await assert.rejects(open, /holds adapters for another .*base than .*model\.safetensors is now/);
});

test('adapters are no base of adapters', async (t) => {
  const folder = temporaryFolder(t);
  const outcome = await fineTune(request(folder), tinyWorld());
  const upon = request(folder, { base: outcome.folder, output: join(folder, 'upon') });
  await assert.rejects(fineTune(upon, tinyWorld()), /holds adapters, which can't be the base of others/);
});

test('broken adapters are refused by name', async (t) => {
  const folder = temporaryFolder(t);
  const outcome = await fineTune(request(folder), tinyWorld());
  const checkpoint = await resolveModelFolder(nodeFiles, outcome.folder);
  const file = join(checkpoint, 'adapter_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as { r: number };
  writeFileSync(file, JSON.stringify({ ...config, r: 5 }));
  await assert.rejects(loadModelFolder(nodeFiles, checkpoint), /adapter_model\.safetensors: tensor ".*lora_A\.weight" has shape \[4, 24\]; needed is \[5, 24\]/); // prettier-ignore
  writeFileSync(file, JSON.stringify({ ...config, r: -1 }));
  await assert.rejects(loadModelFolder(nodeFiles, checkpoint), /adapter_config\.json/);
});

test('a run whose batches do not fit the memory goes in parts from the start, and ends alike', async (t) => {
  const folder = temporaryFolder(t);
  const roomy = await fineTune(tinyRequest(folder, { output: join(folder, 'roomy') }), tinyWorld());
  const tight = await fineTune(
    tinyRequest(folder, { output: join(folder, 'tight') }),
    tinyWorld({ memoryBudget: 6e5 }),
  );
  assert.equal((await readRun(roomy.folder)).arguments.accumulate, 1);
  assert.ok(((await readRun(tight.folder)).arguments.accumulate as number) > 1);
  const losses = async (run: string) =>
    (await readMetrics(run)).flatMap((line) => (line.event === 'step' ? [line.loss] : []));
  const [a, b] = [await losses(roomy.folder), await losses(tight.folder)];
  a.forEach((loss, i) => assert.ok(Math.abs(loss - b[i]!) < 1e-3, `step ${i + 1}: ${b[i]}, not ${loss}`));
});

test('parts of soft F1 are refused, since they do not add up', async (t) => {
  const folder = temporaryFolder(t);
  const { objective } = tinyRequest(folder);
  const asked = tinyRequest(folder, { objective: { ...objective, loss: 'soft-f1' }, accumulate: 2 });
  await assert.rejects(fineTune(asked, tinyWorld()), /--accumulate 2: soft-f1 is made of sums over a whole batch/);
});
