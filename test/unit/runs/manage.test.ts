import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { deleteRun, readRunName, renameRun } from '../../../src/server/runs/manage';
import { findRuns, prepareRunsFolder } from '../../../src/server/runs/list';
import { createRun } from '../../../src/server/runs/run-folder';
import { crashing } from './crash';
import { RECORD, save, temporaryFolder } from './run-fixture';

test('a deletion that dies at any call leaves the whole run or none, and the next start clears up', async (t) => {
  for (let calls = 0; ; calls++) {
    const workspace = await temporaryFolder(t);
    const runs = await prepareRunsFolder(workspace);
    const run = join(runs, 'r');
    await createRun(run, RECORD);
    await save(run, 1, true);
    const whole = await readdir(run);
    const { crashed } = await crashing(calls, () => deleteRun(run));
    const left = await findRuns(runs);
    if (left.length > 0)
      assert.deepEqual(
        (await readdir(run)).filter((name) => !name.startsWith('.')),
        whole,
      );
    await prepareRunsFolder(workspace);
    assert.deepEqual(await readdir(runs), left.length > 0 ? ['r'] : []);
    if (!crashed) return assert.equal(left.length, 0);
  }
});

test('a rename that dies at any call leaves the old name or the new one', async (t) => {
  const run = join(await temporaryFolder(t), 'r');
  await createRun(run, RECORD);
  for (let calls = 0; ; calls++) {
    await renameRun(run, 'old');
    const { crashed } = await crashing(calls, () => renameRun(run, 'new'));
    const name = await readRunName(run);
    assert.ok(name === 'old' || name === 'new', name);
    if (!crashed) return assert.equal(name, 'new');
  }
});

test('a name file that Rowlight does not write counts for nothing', async (t) => {
  const run = await temporaryFolder(t);
  await writeFile(join(run, 'name.txt'), 'x'.repeat(5000));
  assert.equal(await readRunName(run), undefined);
  await writeFile(join(run, 'name.txt'), '\n \u0000\n');
  assert.equal(await readRunName(run), undefined);
  const other = join(run, 'other');
  await mkdir(join(other, 'name.txt'), { recursive: true });
  assert.equal(await readRunName(other), undefined);
});
