import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { loadModelFolder } from '../../../src/server/model/model-folder';
import { nodeFiles } from '../../../src/server/node-files';
import { cleanRun, lastCheckpoint, readPointers } from '../../../src/server/runs/checkpoints';
import { summarize } from '../../../src/server/runs/list';
import { lockOwner, lockRun } from '../../../src/server/runs/lock';
import { openMetrics, readMetrics } from '../../../src/server/runs/metrics';
import { beginAttempt, createRun, readRun } from '../../../src/server/runs/run-folder';
import { loadTrainingState } from '../../../src/server/runs/training-state';
import { until } from '../../support/until';
import { failure } from '../model/odd-bert';
import { RECORD, momentsOf, save, temporaryFolder, weightsOf } from './run-fixture';

const KILLS = 24;
const clock = { now: () => Date.now() };

/** What a trainer does to its folder, endlessly, without the training: this file run as a child process. */
async function write(run: string): Promise<never> {
  await lockRun(run);
  await cleanRun(run);
  const pointers = await readPointers(run);
  let step = pointers ? (await loadTrainingState(nodeFiles, await lastCheckpoint(run))).step : 0;
  const attempt = await beginAttempt(run, clock, step === undefined ? {} : { resumedFrom: step });
  const metrics = await openMetrics(run);
  await metrics.append({ event: 'started', attempt, step, time: 0, totalSteps: 1e6, epochs: 1, device: 'none' });
  process.stdout.write('writing\n');
  for (;;) {
    step++;
    await metrics.append({
      event: 'step',
      attempt,
      step,
      loss: 1,
      learningRate: 1,
      examplesPerSecond: 1,
      secondsLeft: 1,
    });
    const name = await save(run, step, step % 3 === 0);
    await metrics.append({ event: 'checkpoint', attempt, step, name, best: step % 3 === 0 });
  }
}

/** Starts the writer, waits until it writes, lets it until `moment` has come, and kills it. */
async function killedWriter(t: TestContext, run: string, moment: () => Promise<unknown>): Promise<void> {
  const child = spawn(process.execPath, [__filename, 'write', run], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const gone = once(child, 'exit');
  await ready(child);
  assert.equal(await lockOwner(run), child.pid);
  await assert.rejects(lockRun(run), failure('busy', new RegExp(`process ${child.pid} is training`)));
  assert.equal((await summarize(run)).state, 'running');
  await moment();
  child.kill('SIGKILL');
  await gone;
}

async function ready(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit').then(([code]) =>
    assert.fail(`the writer ended by itself with code ${String(code)}`),
  );
  await Promise.race([once(child.stdout!, 'data'), exit]);
  exit.catch(() => undefined);
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

if (process.argv[2] === 'write') {
  void write(process.argv[3]!);
} else {
  test(`after each of ${KILLS} kills at random moments the run loads, goes on and forgets nothing`, async (t) => {
    const run = join(await temporaryFolder(t), 'run');
    await mkdir(run);
    await createRun(run, RECORD);
    let [reached, rubbish] = [0, 0];
    // Moments are about as far apart as checkpoints are, however slow the disk is; the first one comes when there is a checkpoint.
    let between = 60;
    for (let kill = 1; kill <= KILLS; kill++) {
      if (kill === 1) {
        await killedWriter(t, run, async () => {
          const began = Date.now();
          await until('a checkpoint', () => readPointers(run), Boolean, { pollMs: 0 });
          between = Math.max(between, 2 * (Date.now() - began));
        });
      } else await killedWriter(t, run, () => delay(Math.random() * between));
      assert.equal(await lockOwner(run), undefined, 'a dead process holds no lock');
      assert.equal((await summarize(run)).state, 'interrupted');
      assert.equal((await readRun(run)).attempts.length, kill);
      const found = await names(join(run, 'checkpoints'));
      const pointers = await readPointers(run);
      assert.ok(pointers, 'there was one before');
      const [best, last] = [Number(pointers.best.slice(5)), Number(pointers.last.slice(5))];
      assert.ok(last >= reached, `step ${last} after ${reached}`);
      assert.equal(best, last < 3 ? 1 : last - (last % 3));
      for (const step of [best, last]) {
        assert.deepEqual(
          (await loadModelFolder(nodeFiles, join(run, 'checkpoints', `step-${step}`))).weights,
          weightsOf(step),
        );
      }
      assert.deepEqual((await loadTrainingState(nodeFiles, await lastCheckpoint(run))).means, momentsOf(last, 1));
      // Lines that were whole stay whole, and the one after a torn one is not swallowed by it.
      const steps = (await readMetrics(run)).filter((line) => line.event === 'step').map((line) => line.step);
      assert.deepEqual(
        steps.slice(0, last),
        Array.from({ length: last }, (_, i) => i + 1),
      );
      rubbish += found.filter((name) => name.startsWith('.tmp-')).length;
      reached = last;
    }
    t.diagnostic(`${reached} checkpoints; ${rubbish} kills within the writing or deleting of one`);

    const release = await lockRun(run);
    await cleanRun(run);
    const { best, last } = (await readPointers(run))!;
    assert.deepEqual(await names(join(run, 'checkpoints')), [...new Set([best, last, `${last}.state`])].sort());
    await release();
    assert.deepEqual(await names(run), ['checkpoints', 'checkpoints.json', 'metrics.jsonl', 'run.json']);
    for (const file of ['run.json', 'checkpoints.json']) JSON.parse(await readFile(join(run, file), 'utf8'));
  });
}
