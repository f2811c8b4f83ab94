import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { readMetrics } from '../../src/server/runs/metrics';
import { createRandom } from '../../src/server/training/random';
import { type CliResult, cli, result, startCli } from '../support/cli';
import { temporaryFolder } from '../support/tiny-run';

/** Kills of a pre-training run: a few in `npm test`, twenty in `npm run test:kill`. */
const KILLS = process.env.ROWLIGHT_LONG ? 20 : 3;

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
  const common = [
    '--base',
    BASE,
    '--held-out',
    '0.2',
    '--learning-rate',
    '5e-3',
    '--cache',
    join(folder, 'corpora'),
    ...sizes,
  ];
  const pretrain = (run: string) => [
    'pretrain',
    texts,
    '--output',
    run,
    ...common,
    '--threads',
    '1',
    '--fill-in',
    '身份[MASK]',
  ];
  const whole = join(folder, 'whole');
  const { code, stdout, stderr } = await cli(pretrain(whole));
  assert.equal(code, 0, stderr);
  assert.match(stdout, /masked accuracy/);
  assert.match(stderr, /身份\S/);

  const broken = join(folder, 'broken');
  let args = pretrain(broken);
  for (let kill = 1; kill <= KILLS; kill++) {
    // Spread over the run by what it has done, not by time: another machine is killed at the same places.
    const ended = await killedAt(args, broken, Math.floor((STEPS * kill) / (KILLS + 1)));
    if (ended.code === 0) break;
    assert.ok((await loadModelFolder(nodeFiles, broken)).weights.size > 0);
    args = ['pretrain', '--resume', broken, '--threads', '1'];
  }
  const last = await cli(['pretrain', '--resume', broken, '--threads', '1', '--json']);
  assert.equal(last.code, 0, last.stderr);
  assert.equal((JSON.parse(last.stdout) as { steps: number }).steps, STEPS);
  const numbers = async (run: string) =>
    (await readMetrics(run)).flatMap((one) =>
      one.event === 'step' || one.event === 'masked' ? [[one.event, one.step, one.loss]] : [],
    );
  assert.deepEqual(await numbers(broken), await numbers(whole));
  const weights = async (run: string) => (await loadModelFolder(nodeFiles, run)).weights;
  assert.deepEqual(await weights(broken), await weights(whole));
});

/** Starts a command and kills it once its run has come to a step; how it ended, since it may end before. */
async function killedAt(args: readonly string[], run: string, step: number): Promise<CliResult> {
  const child = startCli(args);
  const ended = result(child);
  let over = false;
  void ended.then(() => (over = true));
  while (!over) {
    const lines = await readMetrics(run).catch(() => []);
    if (lines.some((one) => one.event === 'step' && one.step >= step)) child.kill('SIGKILL');
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ended;
}
