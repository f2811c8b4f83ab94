import assert from 'node:assert/strict';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadModelFolder } from '../../../src/server/model/model-folder';
import { nodeFiles } from '../../../src/server/node-files';
import { cleanRun, lastCheckpoint, readPointers } from '../../../src/server/runs/checkpoints';
import { CANCEL_FILE } from '../../../src/server/runs/run-folder';
import { loadTrainingState } from '../../../src/server/runs/training-state';
import { failure } from '../model/odd-bert';
import { crashing, unsynced } from './crash';
import { LABELS, momentsOf, save, temporaryFolder, weightsOf } from './run-fixture';

const names = async (run: string) => (await readdir(join(run, 'checkpoints'))).sort();
const stepOf = (name: string) => Number(name.split('-')[1]);

/** Fails unless best and last of a run are whole and hold what their steps say; returns the pointers. */
async function checkWhole(run: string): Promise<{ best: string; last: string } | undefined> {
  const pointers = await readPointers(run);
  if (!pointers) return undefined;
  for (const name of [pointers.best, pointers.last]) {
    const model = await loadModelFolder(nodeFiles, join(run, 'checkpoints', name));
    assert.deepEqual(model.weights, weightsOf(stepOf(name)));
    assert.deepEqual(model.labels, LABELS);
  }
  const state = await loadTrainingState(nodeFiles, await lastCheckpoint(run));
  assert.equal(state.step, stepOf(pointers.last));
  assert.deepEqual(state.squares, momentsOf(state.step, 2));
  return pointers;
}

test('best and last are kept, the rest goes, state stays beside last alone', async (t) => {
  const run = await temporaryFolder(t);
  assert.equal(await readPointers(run), undefined);
  await writeFile(join(run, CANCEL_FILE), '');
  await cleanRun(run);
  assert.deepEqual(await readdir(run), [], 'a request to stop the run before is not one to stop this');
  await assert.rejects(lastCheckpoint(run), failure('not-found', /no checkpoint to resume from/));
  await save(run, 10, false);
  assert.deepEqual(await checkWhole(run), { format: 1, best: 'step-10', last: 'step-10' });
  await save(run, 20, true);
  assert.deepEqual(await names(run), ['step-20', 'step-20.state']);
  await save(run, 30, false);
  assert.deepEqual(await names(run), ['step-20', 'step-30', 'step-30.state']);
  await save(run, 40, false);
  assert.deepEqual(await checkWhole(run), { format: 1, best: 'step-20', last: 'step-40' });
  assert.deepEqual(await names(run), ['step-20', 'step-40', 'step-40.state']);
  assert.equal((await loadModelFolder(nodeFiles, run)).folder, `${run}/checkpoints/step-20`);
  await assert.rejects(
    loadTrainingState(nodeFiles, join(run, 'checkpoints', 'step-20')),
    failure('not-found', /--base/),
  );
});

test('all of the training state comes back', async (t) => {
  const run = await temporaryFolder(t);
  await save(run, 12, true);
  assert.deepEqual(await loadTrainingState(nodeFiles, await lastCheckpoint(run)), {
    step: 12,
    epoch: 1,
    batch: 5,
    seed: 42,
    best: { step: 1, accuracy: 0.5, macroF1: 0.25, loss: 1 },
    means: momentsOf(12, 1),
    squares: momentsOf(12, 2),
  });
});

test('a checkpoint that holds is never written again: a second one of its step gets another name', async (t) => {
  const run = await temporaryFolder(t);
  await save(run, 1, true);
  const mark = join(run, 'checkpoints', 'step-1', 'mark');
  await writeFile(mark, 'x');
  assert.equal(await save(run, 1, false), 'step-1-2');
  assert.equal(await readFile(mark, 'utf8'), 'x');
  assert.deepEqual(await checkWhole(run), { format: 1, best: 'step-1', last: 'step-1-2' });
  assert.deepEqual(await names(run), ['step-1', 'step-1-2', 'step-1-2.state']);
  assert.equal(await save(run, 1, true), 'step-1-3');
  assert.deepEqual(await names(run), ['step-1-3', 'step-1-3.state']);
  assert.equal(await save(run, 1, true), 'step-1');
  assert.deepEqual(await checkWhole(run), { format: 1, best: 'step-1', last: 'step-1' });
});

test('a crash at any call leaves the old pair or the new one, whole, and the next start cleans up and goes on', async (t) => {
  const root = await temporaryFolder(t);
  const template = join(root, 'template');
  await save(template, 1, true);
  await save(template, 2, false);
  let points = 0;
  for (let calls = 0, crashed = true; crashed; calls++) {
    const run = join(root, String(calls));
    await cp(template, run, { recursive: true });
    ({ crashed } = await crashing(calls, () => save(run, 3, true)));
    const pointers = await checkWhole(run);
    const [old, now] = ['step-1 step-2', 'step-3 step-3'];
    const pair = `${pointers?.best} ${pointers?.last}`;
    assert.ok(pair === now || (pair === old && crashed), `after ${calls} calls: ${pair}`);
    await unsynced(() => cleanRun(run));
    const kept = pair === now ? ['step-3', 'step-3.state'] : ['step-1', 'step-2', 'step-2.state'];
    assert.deepEqual(await names(run), kept, `after ${calls} calls`);
    assert.deepEqual((await readdir(run)).sort(), ['checkpoints', 'checkpoints.json']);
    if (crashed) points++;
    if (calls % 4 !== 0) continue; // Going on is tried from every fourth point: it takes longer than the rest.
    await unsynced(() => save(run, 3, true));
    const name = pair === now ? 'step-3-2' : 'step-3';
    assert.deepEqual(await checkWhole(run), { format: 1, best: name, last: name });
  }
  assert.ok(points > 40, `${points} points of crash`);
});

test('a crash during the very first checkpoint leaves none, or a whole one', async (t) => {
  const root = await temporaryFolder(t);
  for (let calls = 0, crashed = true; crashed; calls++) {
    const run = join(root, String(calls));
    await mkdir(run);
    ({ crashed } = await crashing(calls, () => save(run, 5, false)));
    const pointers = await checkWhole(run);
    assert.ok(crashed || pointers?.best === 'step-5');
    if (calls % 4 !== 0) continue;
    await unsynced(() => cleanRun(run));
    await unsynced(() => save(run, 5, true));
    const name = pointers ? 'step-5-2' : 'step-5';
    assert.deepEqual(await checkWhole(run), { format: 1, best: name, last: name });
    assert.deepEqual(await names(run), [name, `${name}.state`]);
  }
});

test('a disk that fills up at any write is said so, keeps the old pair and leaves no rubbish', async (t) => {
  const run = await temporaryFolder(t);
  await save(run, 1, true);
  await save(run, 2, false);
  let refused = 0;
  for (let calls = 0; calls < 60; calls++) {
    await crashing(
      calls,
      async () => {
        try {
          await save(run, 3, false);
        } catch (error) {
          failure('disk-full', /disk is full/)(error);
          refused++;
          throw error;
        }
      },
      { code: 'ENOSPC', once: true },
    );
    const pointers = await checkWhole(run);
    if (pointers?.last === 'step-3') break;
    assert.deepEqual(await names(run), ['step-1', 'step-2', 'step-2.state'], `after ${calls} calls`);
  }
  assert.ok(refused > 20, `${refused} points`);
});

test('pointers that are broken are said so, and nothing is deleted', async (t) => {
  const run = await temporaryFolder(t);
  await save(run, 1, true);
  await writeFile(join(run, 'checkpoints.json'), '{"format":1,"best":"../..","last":"step-1"}');
  await assert.rejects(cleanRun(run), failure('bad-model', /checkpoints\.json: best: is not the name/));
  assert.deepEqual(await names(run), ['step-1', 'step-1.state']);
});
