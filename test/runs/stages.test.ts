/** Real runs in two stages: what the second keeps of the first, what a folder means meanwhile, and that a break changes nothing. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowlightError } from '../../src/server/errors';
import { loadModelFolder, resolveModelFolder } from '../../src/server/model/model-folder';
import { isTrained } from '../../src/server/model/partial';
import { nodeFiles } from '../../src/server/node-files';
import type { FineTuneRequest } from '../../src/server/runs/fine-tune';
import { findRuns, summarize } from '../../src/server/runs/list';
import { readRun } from '../../src/server/runs/run-folder';
import { fineTuneStages, resumeStages } from '../../src/server/runs/stages';
import type { TrainScope } from '../../src/server/training/scope';
import { DEFAULT_OBJECTIVE } from '../../src/server/training/losses/objective';
import { deaf, temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

/** Twelve steps of BERT on cross-entropy, then twelve on soft F1: of the head, or of all. */
function twoStages(folder: string, name: string, scope: TrainScope = 'full'): FineTuneRequest[] {
  const request = tinyRequest(folder, { output: join(folder, name), head: 'pooled' });
  return [
    request,
    {
      ...request,
      scope,
      objective: { ...DEFAULT_OBJECTIVE, loss: 'soft-f1' },
      learningRate: scope === 'head' ? 5e-2 : 1e-3,
    },
  ];
}

/** A world that stops the run after so many steps, all stages together. */
function stoppingAfter(steps: number) {
  const controller = new AbortController();
  let left = steps;
  return tinyWorld({
    signal: controller.signal,
    follower: { ...deaf, stepped: () => void (--left === 0 && controller.abort()) },
  });
}

const cancelled = (error: unknown) => RowlightError.is(error, 'cancelled');

test('the second stage starts from the best of the first, trains its own part and judges by the same rows', async (t) => {
  const folder = temporaryFolder(t);
  const outcome = await fineTuneStages(twoStages(folder, 'run', 'head'), tinyWorld(), 'some-recipe');
  const run = join(folder, 'run');
  assert.equal(outcome.folder, run);
  const [first, second] = [await readRun(join(run, 'stage-1')), await readRun(run)];
  assert.deepEqual(second.split, first.split);
  assert.deepEqual([first.arguments.loss, second.arguments.loss], ['cross-entropy', 'soft-f1']);
  assert.equal(second.arguments.train, 'head');
  const [before, after] = [
    await loadModelFolder(nodeFiles, join(run, 'stage-1')),
    await loadModelFolder(nodeFiles, run),
  ];
  let moved = 0;
  for (const [name, { data }] of after.weights) {
    const same = Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(
      Buffer.from(before.weights.get(name)!.data.slice().buffer),
    );
    if (!isTrained(name, after.config.layers)) assert.ok(same, name);
    else moved += Number(!same);
  }
  assert.ok(moved > 0, 'the head moved');
  const summary = await summarize(run);
  assert.deepEqual([summary.state, summary.stage], ['finished', { number: 2, of: 2 }]);
  assert.equal(summary.scores!.accuracy, outcome.scores.accuracy);
});

for (const [where, steps] of [
  ['within the first stage', 5],
  ['at the end of the first stage', 12],
  ['within the second stage', 17],
] as const) {
  test(`stopped ${where} and resumed, it ends as the unbroken one`, async (t) => {
    const folder = temporaryFolder(t);
    const whole = await fineTuneStages(twoStages(folder, 'whole'), tinyWorld());
    const run = join(folder, 'broken');
    await assert.rejects(fineTuneStages(twoStages(folder, 'broken'), stoppingAfter(steps)), cancelled);
    const broken = await summarize(run);
    assert.deepEqual(broken.stage, { number: steps > 12 ? 2 : 1, of: 2 });
    assert.ok(broken.usable);
    assert.match(broken.state, /^(cancelled|interrupted)$/);
    await loadModelFolder(nodeFiles, run);
    const resumed = await resumeStages(run, tinyWorld());
    assert.deepEqual(resumed.scores, whole.scores);
    const weights = async (path: string) => (await loadModelFolder(nodeFiles, path)).weights;
    assert.deepEqual(await weights(run), await weights(whole.folder));
  });
}

test('until the second stage has begun, the folder means the model of the first, and its run is not over', async (t) => {
  const folder = temporaryFolder(t);
  const run = join(folder, 'runs', 'one');
  const outcome = await fineTuneStages(twoStages(folder, 'runs/one'), tinyWorld());
  // As a kill leaves it between the stages.
  for (const name of ['run.json', 'checkpoints.json', 'checkpoints', 'metrics.jsonl', 'predictions.tsv'])
    rmSync(join(run, name), { recursive: true });
  assert.match(await resolveModelFolder(nodeFiles, run), /one\/stage-1\/checkpoints\/step-\d+$/);
  const [summary] = await findRuns(join(folder, 'runs'));
  assert.deepEqual([summary!.state, summary!.stage, summary!.usable], ['interrupted', { number: 1, of: 2 }, true]);
  assert.deepEqual((await resumeStages(run, tinyWorld())).scores, outcome.scores);
});

test('a stage that was killed before its first checkpoint begins anew', async (t) => {
  const folder = temporaryFolder(t);
  const run = join(folder, 'run');
  const outcome = await fineTuneStages(twoStages(folder, 'run'), tinyWorld());
  rmSync(join(run, 'checkpoints.json'));
  rmSync(join(run, 'checkpoints'), { recursive: true });
  assert.deepEqual((await resumeStages(run, tinyWorld())).scores, outcome.scores);
});

test('a file named cancel in the run folder stops its first stage', async (t) => {
  const folder = temporaryFolder(t);
  const run = join(folder, 'run');
  const follower = { ...deaf, stepped: () => writeFileSync(join(run, 'cancel'), '') };
  await assert.rejects(fineTuneStages(twoStages(folder, 'run'), tinyWorld({ follower })), cancelled);
  assert.equal(existsSync(join(run, 'run.json')), false, 'the second stage did not begin');
});

test('bad data leaves no folder behind, and a folder with a run in it is refused', async (t) => {
  const folder = temporaryFolder(t);
  const missing = twoStages(folder, 'run').map((request) => ({ ...request, data: join(folder, 'none.tsv') }));
  await assert.rejects(fineTuneStages(missing, tinyWorld()), /none\.tsv/);
  assert.equal(existsSync(join(folder, 'run')), false);
  mkdirSync(join(folder, 'taken'));
  writeFileSync(join(folder, 'taken', 'run.json'), '{}');
  await assert.rejects(fineTuneStages(twoStages(folder, 'taken'), tinyWorld()), /holds a run already/);
});
