import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { readMetrics } from '../../src/server/runs/metrics';
import { cli } from '../support/cli';
import { killedOnce } from '../support/kill';
import { TINY_BASE, temporaryFolder, tinyData } from '../support/tiny-run';

/** Kills of the trainer: a few in `npm test`, thirty in `npm run test:kill`. */
const KILLS = process.env.ROWLIGHT_LONG ? 30 : 4;

/** Long enough that kills fall into all its parts, short enough to repeat. */
const LENGTH = ['--epochs', '12', '--batch-size', '8', '--learning-rate', '1e-3', '--threads', '1'];

test(`a trainer killed ${KILLS} times leaves a loadable checkpoint each time, and the resumed run ends as an unbroken one`, async (t) => {
  const folder = temporaryFolder(t);
  const data = tinyData(folder);
  const train = (run: string) => ['train', data, '--base', TINY_BASE, '--output', run, ...LENGTH];
  const whole = join(folder, 'whole');
  const began = Date.now();
  assert.equal((await cli(train(whole))).code, 0);
  const whole_ms = Date.now() - began;

  const broken = join(folder, 'broken');
  let args = train(broken);
  let killed = 0;
  // A run ends before all kills are used up; then it begins again in another folder.
  for (let attempt = 0; killed < KILLS; attempt++) {
    // The moment is what the test is about: spread over the whole run, and finer where a start-up takes most of it. Sooner with every run that ended
    // before: a machine that is less busy than it was for the whole run is faster.
    const share = (0.15 + (0.85 * ((killed * 7) % KILLS)) / KILLS) * 0.6 ** ((attempt % 2) + (attempt - killed) / 2);
    const moment = Date.now() + whole_ms * share;
    const { signal, code } = await killedOnce(args, () => Date.now() >= moment);
    const run = args[args.indexOf(args.includes('--resume') ? '--resume' : '--output') + 1]!;
    if (signal === 'SIGKILL') {
      killed++;
      if ((await readMetrics(run)).some(({ event }) => event === 'checkpoint')) {
        await loadModelFolder(nodeFiles, run);
        args = ['train', '--resume', run, '--threads', '1'];
      } else {
        args = train(join(folder, `broken-${killed}`));
      }
    } else {
      assert.equal(code, 0);
      await sameEnd(whole, run);
      args = train(join(folder, `again-${attempt}`));
    }
  }
  // Whatever was killed last goes on to its end.
  const run = args.includes('--resume') ? args[args.indexOf('--resume') + 1]! : args[args.indexOf('--output') + 1]!;
  const { code, stderr } = await cli(args);
  assert.equal(code, 0, stderr);
  await sameEnd(whole, run);
});

async function sameEnd(whole: string, run: string): Promise<void> {
  const losses = async (folder: string) =>
    (await readMetrics(folder)).flatMap((line) => (line.event === 'step' ? [[line.step, line.loss]] : []));
  assert.deepEqual(await losses(run), await losses(whole));
  const weights = async (folder: string) => (await loadModelFolder(nodeFiles, folder)).weights;
  assert.deepEqual(await weights(run), await weights(whole));
}
