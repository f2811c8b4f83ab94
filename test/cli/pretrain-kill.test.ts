import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { readPointers } from '../../src/server/runs/checkpoints';
import { readMetrics } from '../../src/server/runs/metrics';
import { PRETRAINING_FILE } from '../../src/server/runs/pretrain/record';
import { createRandom } from '../../src/server/training/random';
import { cli } from '../support/cli';
import { killedOnce } from '../support/kill';
import { temporaryFolder } from '../support/tiny-run';

/** Kills of pre-training at random moments: a few in `npm test`, twenty in `npm run test:kill`. */
const KILLS = process.env.ROWLIGHT_LONG ? 20 : 3;
/** One of so many falls into the start of the process: reading, loading, the first checkpoint, the first judgement. */
const AT_START = 4;

const BASE = join('test', 'golden', 'pretraining', 'tiny');
const STEPS = 40;

test(`pre-training killed ${KILLS} times leaves a loadable checkpoint each time, and ends as an unbroken run`, async (t) => {
  const folder = temporaryFolder(t);
  const random = createRandom(1, 1);
  const words = ['身份证', '丢了', '怎么办', '补办', '交通事故', '报警'];
  const line = () => Array.from({ length: 8 }, () => words[random.below(words.length)]).join('');
  const texts = join(folder, 'texts.txt');
  writeFileSync(texts, Array.from({ length: 80 }, () => `${line()}\n${line()}\n`).join('\n'));
  const sizes = ['--lengths', '16:0.5,32:0.5', '--batch-size', '8', '--steps', String(STEPS), '--evaluate-every', '3'];
  const learning = ['--base', BASE, '--held-out', '0.2', '--learning-rate', '5e-3', '--fill-in', '身份[MASK]'];
  /** Each run reads its texts itself. */
  const begin = (run: string) => ['pretrain', texts, '--output', run, '--cache', `${run}-corpora`, ...learning, ...sizes, '--threads', '1']; // prettier-ignore
  const resume = (run: string) => ['pretrain', '--resume', run, '--threads', '1'];

  const whole = join(folder, 'whole');
  const began = Date.now();
  const { code, stdout, stderr } = await cli(begin(whole));
  assert.equal(code, 0, stderr);
  assert.match(stdout, /masked accuracy/);
  assert.match(stderr, /身份\S/);
  const first = (await readMetrics(whole)).find((one) => one.event === 'started')!;
  const startTook = first.time - began;

  let number = 1;
  let run = join(folder, 'broken-1');
  let args = begin(run);
  let [killed, inStart, tries] = [0, 0, 0];
  while (killed < KILLS) {
    assert.ok(++tries <= 10 * KILLS, 'runs end before they are killed');
    const reached = await stepOf(run);
    const atStart = killed % AT_START === 1;
    const moment = Date.now() + random.float() * startTook;
    const step = reached + 1 + random.below(Math.max(1, STEPS - reached));
    const ended = await killedOnce(args, async () => (atStart ? Date.now() >= moment : (await stepOf(run)) >= step));
    if (ended.signal === 'SIGKILL') {
      killed++;
      if ((await stepOf(run)) === reached) inStart++;
      if (await readPointers(run)) {
        assert.ok((await loadModelFolder(nodeFiles, run)).weights.size > 0);
        args = resume(run);
        continue;
      }
      assert.equal(await stepOf(run), 0, 'from the first step on there is a checkpoint');
      // While it reads, the same command begins anew in the same folder.
      if (!existsSync(join(run, PRETRAINING_FILE))) continue;
    } else {
      assert.equal(ended.code, 0, ended.stderr);
      await sameEnd(run, whole);
    }
    run = join(folder, `broken-${++number}`);
    args = begin(run);
  }
  t.diagnostic(`${KILLS} kills, ${inStart} of them before a new step, in ${number} runs`);
  // Whatever was killed last goes on to its end.
  const last = await cli([...args, '--json']);
  assert.equal(last.code, 0, last.stderr);
  assert.equal((JSON.parse(last.stdout) as { steps: number }).steps, STEPS);
  await sameEnd(run, whole);
});

/** The last step that a run has told of; 0 where there is none. */
async function stepOf(run: string): Promise<number> {
  const lines = await readMetrics(run).catch(() => []);
  return lines.findLast((one) => one.event === 'step')?.step ?? 0;
}

/** All losses, of steps and of judgements, and the weights are the very ones of the unbroken run. */
async function sameEnd(run: string, whole: string): Promise<void> {
  const numbers = async (folder: string) =>
    (await readMetrics(folder)).flatMap((one) =>
      one.event === 'step' || one.event === 'masked' ? [[one.event, one.step, one.loss]] : [],
    );
  assert.deepEqual(await numbers(run), await numbers(whole));
  const weights = async (folder: string) => (await loadModelFolder(nodeFiles, folder)).weights;
  assert.deepEqual(await weights(run), await weights(whole));
}
