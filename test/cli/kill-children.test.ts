import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { lockOwner } from '../../src/server/runs/lock';
import { createRandom } from '../../src/server/training/random';
import { cli, result, startCli } from '../support/cli';
import { TINY_BASE, temporaryFolder, tinyData } from '../support/tiny-run';

/** Kills of each command, parents and children in turn: a few in `npm test`, fifteen each in `npm run test:kill`. */
const KILLS = process.env.ROWLIGHT_LONG ? 15 : 2;

const TRAINING = ['--base', TINY_BASE, '--batch-size', '8', '--learning-rate', '1e-3', '--threads', '1'];

/** What a command makes of its runs; the same whatever was killed in between. */
const COMMANDS = {
  crossval: { args: ['--folds', '2', '--epochs', '6', ...TRAINING], file: 'crossval.json', made: 'out-of-fold.tsv' },
  grid: { args: ['--vary', 'epochs=4,6', ...TRAINING], file: 'grid.json', made: 'grid.tsv' },
};

for (const [command, { args, file, made }] of Object.entries(COMMANDS)) {
  test(`${command}, killed ${KILLS} times in parent or child, goes on to the same end`, async (t) => {
    const folder = temporaryFolder(t);
    const data = tinyData(folder, 40);
    const whole = join(folder, 'whole');
    const began = Date.now();
    const unbroken = await cli([command, data, ...args, '--output', whole, '--json']);
    assert.equal(unbroken.code, 0, unbroken.stderr);
    const took = Date.now() - began;
    const random = createRandom(20, KILLS);
    const sameEnd = (output: string, stdout: string) => {
      const bare = (text: string, where: string) => JSON.parse(text.replaceAll(where, '')) as object;
      assert.deepEqual(bare(stdout, output), bare(unbroken.stdout, whole));
      const table = (where: string) => readFileSync(join(where, made), 'utf8').replaceAll(where, '');
      assert.equal(table(output), table(whole));
    };

    let [killed, number] = [0, 1];
    while (killed < KILLS) {
      const output = join(folder, `broken-${number}`);
      const resume = existsSync(join(output, file));
      const child = startCli([command, ...(resume ? ['--resume', output, '--threads', '1'] : [data, ...args, '--output', output]), '--json']); // prettier-ignore
      const ended = result(child);
      // The moment is what the test is about: anywhere in the whole.
      await Promise.race([delay(took * random.float(), undefined, { ref: false }), ended]);
      const victim = killed % 2 === 0 ? child.pid : await runOwner(output);
      if (victim !== undefined && child.exitCode === null) kill(victim);
      const { code, signal, stdout, stderr } = await ended;
      if (code === 0) {
        sameEnd(output, stdout);
        number++;
      } else {
        assert.ok(signal === 'SIGKILL' || /was ended by SIGKILL.*Go on with rowlight/.test(stderr), stderr);
        killed++;
      }
    }
    const output = join(folder, `broken-${number}`);
    const last = await cli([command, ...(existsSync(join(output, file)) ? ['--resume', output, '--threads', '1'] : [data, ...args, '--output', output]), '--json']); // prettier-ignore
    assert.equal(last.code, 0, last.stderr);
    sameEnd(output, last.stdout);
  });
}

/** The process that works on a run within a folder. */
async function runOwner(folder: string): Promise<number | undefined> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^(fold|run)-\d+$/.test(name)) : [];
  for (const name of names) {
    const owner = await lockOwner(join(folder, name));
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It came to its end in the meantime.
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
  }
}
