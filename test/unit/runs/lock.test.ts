import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockOwner, lockRun } from '../../../src/server/runs/lock';
import { isAlive, processStart } from '../../../src/server/runs/process-start';
import { endWithTests } from '../../support/children';
import { failure } from '../model/odd-bert';
import { temporaryFolder } from './run-fixture';

test('one writer at a time, in one process too, and none left behind', async (t) => {
  const run = await temporaryFolder(t);
  assert.equal(await lockOwner(run), undefined);
  const release = await lockRun(run);
  assert.equal(await lockOwner(run), process.pid);
  await assert.rejects(lockRun(run), failure('busy', /is training in this run folder/));
  assert.equal(await lockOwner(run), process.pid);
  await release();
  assert.deepEqual(await readdir(run), []);
  await (
    await lockRun(run)
  )();
});

test('of many that start at once at most one goes on', async (t) => {
  const run = await temporaryFolder(t);
  for (let round = 0; round < 10; round++) {
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => lockRun(run)));
    const won = tries.filter((one) => one.status === 'fulfilled');
    assert.ok(won.length <= 1, `${won.length} won`);
    for (const one of won) await one.value();
    assert.deepEqual(await readdir(run), []);
  }
});

test('the lock of a killed process, and of an id given to another since, counts for nothing', async (t) => {
  const run = await temporaryFolder(t);
  const child = endWithTests(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']));
  const start = await processStart(child.pid!);
  const gone = once(child, 'exit');
  const lock = (pid: number, start: string | null, host = hostname()) =>
    writeFile(join(run, `.lock-${pid}-00`), JSON.stringify({ pid, start, host }));
  await lock(child.pid!, start ?? null);
  assert.equal(await lockOwner(run), child.pid);
  await assert.rejects(lockRun(run), failure('busy', new RegExp(`process ${child.pid} `)));
  if (process.platform !== 'win32') {
    await lock(child.pid!, 'another time');
    assert.equal(await lockOwner(run), undefined);
    await lock(child.pid!, start ?? null);
  }
  child.kill('SIGKILL');
  await gone;
  assert.equal(await isAlive(child.pid!, start), false);
  assert.equal(await lockOwner(run), undefined);
  const release = await lockRun(run);
  assert.deepEqual((await readdir(run)).length, 1, 'the dead lock is removed');
  await release();
});

test('a lock from another machine is respected, a torn one is not', async (t) => {
  const run = await temporaryFolder(t);
  await writeFile(join(run, '.lock-7-00'), '{"pid":7,"sta');
  await (
    await lockRun(run)
  )();
  assert.deepEqual(await readdir(run), []);
  await writeFile(join(run, '.lock-7-00'), JSON.stringify({ pid: 7, start: null, host: 'elsewhere' }));
  await assert.rejects(lockRun(run), failure('busy', /"elsewhere".*delete the files \.lock-/));
});

test('a folder that is not there is said so', async (t) => {
  const run = join(await temporaryFolder(t), 'nowhere');
  await assert.rejects(lockOwner(run), failure('not-found', /nowhere: no such file or folder/));
});
