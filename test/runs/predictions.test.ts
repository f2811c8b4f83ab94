import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { fineTune, resume } from '../../src/server/runs/fine-tune';
import { readMetrics } from '../../src/server/runs/metrics';
import { type JudgedRow, readPredictions } from '../../src/server/runs/predictions';
import { summarize } from '../../src/server/runs/list';
import { temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

/** This file run as a child: trains, and dies when the copy in the run folder is about to be replaced for the `count`th time. */
async function trainAndDie(folder: string, count: number): Promise<void> {
  const rename = promises.rename;
  let left = count;
  mock.method(promises, 'rename', (from: string, to: string) => {
    if (to === join(folder, 'run', 'predictions.tsv') && --left === 0) process.kill(process.pid, 'SIGKILL');
    return rename(from, to);
  });
  await fineTune(tinyRequest(folder, { epochs: 8 }), tinyWorld());
}

/** The accuracy that the metrics have for the step of the best checkpoint. */
async function accuracyOfBest(run: string): Promise<number> {
  const { best } = JSON.parse(readFileSync(join(run, 'checkpoints.json'), 'utf8')) as { best: string };
  const step = Number(best.split('-')[1]);
  const line = (await readMetrics(run)).find((one) => one.event === 'evaluated' && one.step === step);
  assert.ok(line?.event === 'evaluated');
  return line.accuracy;
}

function accuracyOf(rows: readonly JudgedRow[]): number {
  return rows.filter(({ label, prediction }) => label === prediction).length / rows.length;
}

if (process.argv[2] === 'train') {
  void trainAndDie(process.argv[3]!, Number(process.argv[4]));
} else {
  for (const count of [1, 2]) {
    test(`killed between the switch of a best checkpoint and the copy of its predictions (${count})`, async (t) => {
      const folder = temporaryFolder(t);
      const run = join(folder, 'run');
      const child = spawn(process.execPath, [__filename, 'train', folder, String(count)], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL', 'the run came to its end before it was killed');
      assert.equal((await summarize(run)).state, 'interrupted');
      const copy = join(run, 'predictions.tsv');
      const stale = existsSync(copy) ? readFileSync(copy, 'utf8') : undefined;
      assert.equal(stale === undefined, count === 1);

      const judged = await readPredictions(run);
      assert.equal(judged.length, 12);
      assert.equal(accuracyOf(judged), await accuracyOfBest(run));

      const outcome = await resume(run, tinyWorld());
      assert.equal(accuracyOf(await readPredictions(run)), outcome.scores.accuracy);
      const { best } = JSON.parse(readFileSync(join(run, 'checkpoints.json'), 'utf8')) as { best: string };
      const own = readFileSync(join(run, 'checkpoints', best, 'predictions.tsv'), 'utf8');
      assert.equal(readFileSync(copy, 'utf8'), own);
      assert.notEqual(own, stale);
    });
  }

  test('predictions of a run: a second choice a row, and none before the first evaluation', async (t) => {
    const folder = temporaryFolder(t);
    const run = join(folder, 'run');
    const early: boolean[] = [];
    const stepped = () => void early.push(existsSync(join(run, 'predictions.tsv')));
    const follower = { started() {}, evaluated() {}, stepped };
    await fineTune(tinyRequest(folder), tinyWorld({ follower }));
    assert.deepEqual(early.slice(0, 7), [false, false, false, false, false, false, true]);
    const judged = await readPredictions(run);
    assert.equal(judged.length, 12);
    for (const { prediction, probability, second, secondProbability } of judged) {
      assert.notEqual(second, prediction);
      assert.ok(secondProbability! <= probability && probability + secondProbability! <= 1.000_001);
    }
  });
}
